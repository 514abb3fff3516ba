/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of the code systems, identifier systems and extensions in our resources, in one place for all rooms. What FHIR R4
 * and VN Core (http://fhir.ehealth.gov.vn/core/) have no name for is a urn:tram name of our own; docs/places.md explains them.
 */
#ifndef BASE_VOCABULARY_H
#define BASE_VOCABULARY_H

/* Extensions. */
#define EXTENSION_RESIDENCE "urn:tram:residence"           /* Patient: valueReference to the smallest stable Location */
#define EXTENSION_POPULATION "urn:tram:population"         /* Location: valueUnsignedInt, the published figure */
#define EXTENSION_BEGUN_BY "urn:tram:begun-by"             /* Location: valueReference to the Decision that made the place */
#define EXTENSION_CAPACITY "urn:tram:capacity"             /* Location: posts, beds …: extensions with valueInteger */
#define EXTENSION_HOUSEHOLD_HEAD "urn:tram:household-head" /* Group: valueReference to the Patient who heads it */
#define EXTENSION_MOVED_AWAY "urn:tram:moved-away"         /* Patient: valueDate, lives outside the province since */
#define EXTENSION_NOT_SAME "urn:tram:not-same-as"          /* Patient: valueReference, looks alike and is somebody else */
#define EXTENSION_KIN "urn:tram:kin"                       /* RelatedPerson: valueReference to the relative's Patient */
#define EXTENSION_BROUGHT_BY "urn:tram:brought-by"         /* RequestGroup: valueString, who brought the child */
#define EXTENSION_ETHNIC_GROUP "http://fhir.ehealth.gov.vn/core/StructureDefinition/race" /* VN Core: race = dân tộc */

/* Identifiers (VN Core). */
#define SYSTEM_CCCD "http://fhir.ehealth.gov.vn/core/sid/national_id"
#define SYSTEM_INSURANCE "http://fhir.ehealth.gov.vn/core/sid/insurance_number"
#define SYSTEM_ADMINISTRATIVE_UNIT "urn:tram:administrative-unit" /* codes of Decision 19/2025/QĐ-TTg; former: GSO */
#define SYSTEM_FACILITY "urn:tram:facility"                       /* SYN-11-0001: synthetic until a real list is imported */
#define SYSTEM_PRESCRIPTION "urn:tram:prescription" /* groupIdentifier: the 14 characters of a prescription */
#define SYSTEM_PRESCRIBING_FACILITY "urn:tram:prescribing-facility" /* Organization: its 5 characters in that code */

/* Code systems. */
#define SYSTEM_TAG "urn:tram:tag"               /* meta.tag: synthetic, assumed */
#define SYSTEM_PLACE_KIND "urn:tram:place-kind" /* enum place_kind of network/network.h */
#define SYSTEM_PROGRAMME "urn:tram:programme"   /* EpisodeOfCare.type: hypertension, diabetes */
#define SYSTEM_CALL_OUTCOME "urn:tram:call-outcome" /* Communication.reasonCode: docs/programmes.md */
#define SYSTEM_VISIT "urn:tram:visit"           /* Encounter.type: check-up */
#define SYSTEM_MEASURE "urn:tram:measure"       /* Observation.code where LOINC has none */
#define SYSTEM_HIERARCHY "urn:tram:hierarchy"   /* OrganizationAffiliation.code: manager, director, insurer */
#define SYSTEM_SERVICE "urn:tram:service"       /* HealthcareService.type */
#define SYSTEM_GROUP_KIND "urn:tram:group-kind" /* Group.code: household */
#define SYSTEM_ROLE "urn:tram:role"             /* PractitionerRole.code */
#define SYSTEM_SENSITIVE "urn:tram:sensitive" /* PractitionerRole.specialty: a class of fhir/sensitive.h the post has a right for */
#define SYSTEM_AUDIT "urn:tram:audit"         /* AuditEvent.type: opening; subtype: presence, reason */
#define SYSTEM_PURPOSE "urn:tram:purpose"     /* Consent.category: data/privacy/purposes.csv */
#define SYSTEM_REQUEST "urn:tram:request"     /* Task.code: correction */
#define SYSTEM_ETHNIC_GROUP "urn:tram:ethnic-group" /* 01 … 55 of Decision 121-TCTK/PPCĐ of 1979 */
#define SYSTEM_KIN "http://terminology.hl7.org/CodeSystem/v3-RoleCode" /* RelatedPerson.relationship: MTH, FTH, GUARD */
#define SYSTEM_MEDICINE "urn:tram:medicine" /* rows of data/prescribing/medicines.csv */
#define SYSTEM_LOINC "http://loinc.org"
#define SYSTEM_ICD10 "http://hl7.org/fhir/sid/icd-10"
#define SYSTEM_ATC "http://www.whocc.no/atc"
#define SYSTEM_UCUM "http://unitsofmeasure.org"

#endif
