/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prefixes and units of the Unified Code for Units of Measure, case-sensitive codes (ucum.org, version 2.1; facts of the tables 1 to
 * 5, typed as code, metric, value, unit). Units that health records use; an unknown one is "unknown", never guessed.
 */
#ifndef FHIRPATH_UCUM_UNITS_H
#define FHIRPATH_UCUM_UNITS_H

struct ucum_prefix { const char *code; int exponent; };
static const struct ucum_prefix ucum_prefixes[] = {
    {"da", 1}, {"Y", 24}, {"Z", 21}, {"E", 18}, {"P", 15}, {"T", 12}, {"G", 9}, {"M", 6}, {"k", 3}, {"h", 2},
    {"d", -1}, {"c", -2}, {"m", -3}, {"u", -6}, {"n", -9}, {"p", -12}, {"f", -15}, {"a", -18}, {"z", -21}, {"y", -24},
};

/* metric: takes prefixes. base: index of the base dimension or -1. special: temperature scales; arbitrary: comparable only to itself. */
struct ucum_row { const char *code; int metric; const char *value, *unit; };
static const struct ucum_row ucum_rows[] = {
    /* base units: length, time, mass, plane angle, temperature, charge, luminous intensity */
    {"m", 1, NULL, "0"}, {"s", 1, NULL, "1"}, {"g", 1, NULL, "2"}, {"rad", 1, NULL, "3"}, {"K", 1, NULL, "4"}, {"C", 1, NULL, "5"}, {"cd", 1, NULL, "6"},
    /* dimensionless */
    {"10*", 0, "10", "1"}, {"10^", 0, "10", "1"}, {"[pi]", 0, "3.1415926535897932384626433832795", "1"}, {"%", 0, "1", "10*-2"},
    {"[ppth]", 0, "1", "10*-3"}, {"[ppm]", 0, "1", "10*-6"}, {"[ppb]", 0, "1", "10*-9"}, {"[pptr]", 0, "1", "10*-12"},
    /* SI */
    {"mol", 1, "6.02214076", "10*23"}, {"sr", 1, "1", "rad2"}, {"Hz", 1, "1", "s-1"}, {"N", 1, "1", "kg.m/s2"}, {"Pa", 1, "1", "N/m2"},
    {"J", 1, "1", "N.m"}, {"W", 1, "1", "J/s"}, {"A", 1, "1", "C/s"}, {"V", 1, "1", "J/C"}, {"F", 1, "1", "C/V"}, {"Ohm", 1, "1", "V/A"},
    {"S", 1, "1", "Ohm-1"}, {"Wb", 1, "1", "V.s"}, {"T", 1, "1", "Wb/m2"}, {"H", 1, "1", "Wb/A"}, {"lm", 1, "1", "cd.sr"}, {"lx", 1, "1", "lm/m2"},
    {"Bq", 1, "1", "s-1"}, {"Gy", 1, "1", "J/kg"}, {"Sv", 1, "1", "J/kg"}, {"Cel", 1, "special", "K"},
    /* with SI */
    {"gon", 0, "0.9", "deg"}, {"deg", 0, "2", "[pi].rad/360"}, {"'", 0, "1", "deg/60"}, {"''", 0, "1", "'/60"},
    {"l", 1, "1", "dm3"}, {"L", 1, "1", "l"}, {"ar", 1, "100", "m2"}, {"min", 0, "60", "s"}, {"h", 0, "60", "min"}, {"d", 0, "24", "h"},
    {"a_t", 0, "365.24219", "d"}, {"a_j", 0, "365.25", "d"}, {"a_g", 0, "365.2425", "d"}, {"a", 0, "1", "a_j"}, {"wk", 0, "7", "d"},
    {"mo_s", 0, "29.53059", "d"}, {"mo_j", 0, "1", "a_j/12"}, {"mo_g", 0, "1", "a_g/12"}, {"mo", 0, "1", "mo_j"},
    {"t", 1, "1000", "kg"}, {"bar", 1, "100000", "Pa"}, {"u", 1, "1.66053906660", "10*-24.g"}, {"eV", 1, "1.602176634", "10*-19.J"},
    {"AU", 0, "149597.870691", "Mm"}, {"pc", 1, "3.085678", "10*16.m"},
    /* natural and CGS */
    {"[c]", 1, "299792458", "m/s"}, {"[g]", 1, "9.80665", "m/s2"}, {"gf", 1, "1", "g.[g]"}, {"[lbf_av]", 0, "1", "[lb_av].[g]"}, {"Ky", 1, "1", "cm-1"},
    {"Gal", 1, "1", "cm/s2"}, {"dyn", 1, "1", "g.cm/s2"}, {"erg", 1, "1", "dyn.cm"}, {"P", 1, "1", "dyn.s/cm2"}, {"G", 1, "0.0001", "T"},
    {"Ci", 1, "37000000000", "Bq"}, {"R", 1, "0.000258", "C/kg"}, {"RAD", 1, "100", "erg/g"}, {"REM", 1, "1", "RAD"}, {"St", 1, "1", "cm2/s"},
    /* international customary */
    {"[in_i]", 0, "2.54", "cm"}, {"[ft_i]", 0, "12", "[in_i]"}, {"[yd_i]", 0, "3", "[ft_i]"}, {"[mi_i]", 0, "5280", "[ft_i]"}, {"[nmi_i]", 0, "1852", "m"},
    {"[kn_i]", 0, "1", "[nmi_i]/h"}, {"[fth_i]", 0, "6", "[ft_i]"}, {"[hd_i]", 0, "4", "[in_i]"}, {"[sin_i]", 0, "1", "[in_i]2"}, {"[sft_i]", 0, "1", "[ft_i]2"},
    {"[syd_i]", 0, "1", "[yd_i]2"}, {"[cin_i]", 0, "1", "[in_i]3"}, {"[cft_i]", 0, "1", "[ft_i]3"}, {"[mil_i]", 0, "0.001", "[in_i]"},
    {"[acr_us]", 0, "4046.872609874252", "m2"},
    {"[gal_us]", 0, "231", "[in_i]3"}, {"[qt_us]", 0, "1", "[gal_us]/4"}, {"[pt_us]", 0, "1", "[qt_us]/2"}, {"[gil_us]", 0, "1", "[pt_us]/4"},
    {"[foz_us]", 0, "1", "[gil_us]/4"}, {"[fdr_us]", 0, "1", "[foz_us]/8"}, {"[min_us]", 0, "1", "[fdr_us]/60"}, {"[cup_us]", 0, "16", "[tbs_us]"},
    {"[tbs_us]", 0, "1", "[foz_us]/2"}, {"[tsp_us]", 0, "1", "[tbs_us]/3"}, {"[cup_m]", 0, "240", "mL"}, {"[tsp_m]", 0, "5", "mL"}, {"[tbs_m]", 0, "15", "mL"},
    {"[foz_m]", 0, "30", "mL"}, {"[gal_br]", 0, "4.54609", "l"}, {"[pt_br]", 0, "1", "[gal_br]/8"}, {"[foz_br]", 0, "1", "[pt_br]/20"},
    {"[gr]", 0, "64.79891", "mg"}, {"[lb_av]", 0, "7000", "[gr]"}, {"[oz_av]", 0, "1", "[lb_av]/16"}, {"[dr_av]", 0, "1", "[oz_av]/16"},
    {"[ston_av]", 0, "2000", "[lb_av]"}, {"[stone_av]", 0, "14", "[lb_av]"}, {"[oz_m]", 0, "28", "g"}, {"[oz_tr]", 0, "480", "[gr]"}, {"[lb_tr]", 0, "12", "[oz_tr]"},
    {"[degF]", 0, "special", "K"}, {"[degR]", 0, "5", "K/9"}, {"cal", 1, "1", "cal_th"}, {"cal_th", 1, "4.184", "J"}, {"cal_IT", 1, "4.1868", "J"}, {"[Cal]", 0, "1", "kcal_th"},
    {"[Btu]", 0, "1", "[Btu_th]"}, {"[Btu_th]", 0, "1.05435", "kJ"}, {"[HP]", 0, "550", "[ft_i].[lbf_av]/s"}, {"[psi]", 0, "1", "[lbf_av]/[in_i]2"},
    {"atm", 0, "101325", "Pa"}, {"m[Hg]", 1, "133.3220", "kPa"}, {"m[H2O]", 1, "9.80665", "kPa"}, {"[in_i'Hg]", 0, "1", "m[Hg].[in_i]/m"}, {"[in_i'H2O]", 0, "1", "m[H2O].[in_i]/m"},
    /* clinical and chemical */
    {"[diop]", 0, "1", "/m"}, {"[mesh_i]", 0, "1", "/[in_i]"}, {"[Ch]", 0, "1", "mm/3"}, {"[drp]", 0, "1", "ml/20"}, {"eq", 1, "1", "mol"}, {"osm", 1, "1", "mol"},
    {"kat", 1, "1", "mol/s"}, {"U", 1, "1", "umol/min"}, {"g%", 1, "1", "g/dl"}, {"[S]", 0, "1", "10*-13.s"}, {"[HPF]", 0, "1", "1"}, {"[LPF]", 0, "100", "1"},
    {"[pH]", 0, "arbitrary", "1"}, {"[iU]", 1, "arbitrary", "1"}, {"[IU]", 1, "1", "[iU]"}, {"[arb'U]", 0, "arbitrary", "1"}, {"[USP'U]", 0, "arbitrary", "1"},
    {"[CFU]", 0, "arbitrary", "1"}, {"[CCID_50]", 0, "arbitrary", "1"}, {"[TCID_50]", 0, "arbitrary", "1"}, {"[EID_50]", 0, "arbitrary", "1"}, {"[PFU]", 0, "arbitrary", "1"},
    {"[FFU]", 0, "arbitrary", "1"}, {"[BAU]", 0, "arbitrary", "1"}, {"[AU]", 0, "arbitrary", "1"}, {"[Lf]", 0, "arbitrary", "1"}, {"[GPL'U]", 0, "arbitrary", "1"},
    {"[MPL'U]", 0, "arbitrary", "1"}, {"[APL'U]", 0, "arbitrary", "1"}, {"[knk'U]", 0, "arbitrary", "1"}, {"[mclg'U]", 0, "arbitrary", "1"}, {"[tb'U]", 0, "arbitrary", "1"},
    {"[todd'U]", 0, "arbitrary", "1"}, {"[dye'U]", 0, "arbitrary", "1"}, {"[smgy'U]", 0, "arbitrary", "1"}, {"[bdsk'U]", 0, "arbitrary", "1"}, {"[ka'U]", 0, "arbitrary", "1"},
    {"[CAE'U]", 0, "arbitrary", "1"}, {"[Amb'a'1'U]", 0, "arbitrary", "1"}, {"[PNU]", 0, "arbitrary", "1"}, {"[D'ag'U]", 0, "arbitrary", "1"}, {"[ELU]", 0, "arbitrary", "1"}, {"[EU]", 0, "arbitrary", "1"},
    {"[car_m]", 0, "0.2", "g"}, {"[smoot]", 0, "67", "[in_i]"}, {"bit", 1, "1", "1"}, {"By", 1, "8", "bit"}, {"Bd", 1, "1", "/s"},
    {"st", 1, "1", "m3"}, {"Ao", 0, "0.1", "nm"}, {"b", 0, "100", "fm2"}, {"att", 0, "1", "kgf/cm2"}, {"mho", 1, "1", "S"}, {"[MET]", 0, "3.5", "mL/min/kg"},
};

#endif
