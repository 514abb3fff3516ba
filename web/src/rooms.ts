// SPDX-License-Identifier: GPL-3.0-or-later
// What lies beyond the core: pages and sheets that are loaded when they are first opened. One row is an address, a word in
// the navigation, a right and the code. A room lives in rooms/NAME/ with its own texts (texts.ts) and its own style.css.

import type { ComponentChildren, ComponentType } from 'preact';
import type { Session } from './base/api';
import type { Transaction } from './rules/visit';
import type { Person } from './base/model';

/** Both languages of a word that stands in the navigation before its room is loaded. */
export interface Word {
    vi: string;
    en: string;
}

export interface PageProps {
    rest: string[]; // the parts of the address behind the page's word: #/network/compare/3 → ["compare", "3"]
}

export interface Page {
    word: string; // #/WORD
    title: Word;
    room: string; // rooms/ROOM/style.css is loaded before the page is shown
    nav: boolean; // in the navigation of those who may
    daily?: boolean; // of the daily work with people: before the numbers
    may: (who: Session) => boolean;
    load: () => Promise<{ default: ComponentType<PageProps> }>;
}

/** What a sheet hands back when it has saved: the person's page shows it and offers to take it back. */
export interface Done {
    summary: ComponentChildren;
    bundle: Transaction;
    undo?: unknown[]; // entries of the transaction that takes it back; else the resources are marked as entered in error
    waits: boolean; // kept here until the network is back
    at: number;
    print: string | null; // 'page' prints the person's page, else the address of a PDF to open
    next?: string; // the sheet that usually follows, by its word
}

export interface SheetProps {
    person: Person;
    onDone: (done: Done) => void;
    onClose: () => void;
}

export interface Sheet {
    word: string; // #/person/ID/WORD
    title: Word;
    key: string; // the key that opens it on the person's page, '' none
    room: string;
    may: (who: Session, person: Person) => boolean;
    load: () => Promise<{ default: ComponentType<SheetProps> }>;
}

export const pages: Page[] = [
    { word: 'lists', title: { vi: 'Danh sách', en: 'Lists' }, room: 'lists', nav: true, daily: true, may: (w) => w.persons, load: () => import('./rooms/lists/page') },
    { word: 'register', title: { vi: 'Đăng ký', en: 'Register' }, room: 'people', nav: true, daily: true, may: (w) => w.can('person-register'), load: () => import('./rooms/people/register') },
    { word: 'household', title: { vi: 'Hộ', en: 'Household' }, room: 'people', nav: false, may: (w) => w.can('person-find'), load: () => import('./rooms/people/household') },
    { word: 'merge', title: { vi: 'Gộp hồ sơ', en: 'Merge records' }, room: 'people', nav: false, may: (w) => w.can('person-register'), load: () => import('./rooms/people/merge') },
    { word: 'open', title: { vi: 'Mở hồ sơ nơi khác', en: 'Open elsewhere' }, room: 'admin', nav: false, may: (w) => w.can('person-open'), load: () => import('./rooms/admin/open') },
    { word: 'referrals', title: { vi: 'Chuyển tuyến', en: 'Referrals' }, room: 'clinic', nav: true, daily: true, may: (w) => w.writes && !!w.placeId, load: () => import('./rooms/clinic/referrals') },
    { word: 'programmes', title: { vi: 'Chương trình', en: 'Programmes' }, room: 'lists', nav: true, may: (w) => w.can('indicator-read'), load: () => import('./rooms/lists/programme') },
    { word: 'network', title: { vi: 'Mạng lưới', en: 'Network' }, room: 'network', nav: true, may: (w) => w.can('indicator-read'), load: () => import('./rooms/network/page') },
    { word: 'siting', title: { vi: 'Phương án', en: 'Plans' }, room: 'siting', nav: true, may: (w) => w.can('network-plan'), load: () => import('./rooms/siting/page') },
    { word: 'rights', title: { vi: 'Quyền', en: 'Rights' }, room: 'admin', nav: true, may: (w) => w.can('accounts') || w.can('openings-read'), load: () => import('./rooms/admin/page') },
    { word: 'codes', title: { vi: 'Danh mục', en: 'Code lists' }, room: 'codes', nav: true, may: (w) => w.can('administer'), load: () => import('./rooms/codes/page') },
    { word: 'me', title: { vi: 'Tài khoản của tôi', en: 'My account' }, room: 'admin', nav: false, may: () => true, load: () => import('./rooms/admin/me') },
];

export const sheets: Sheet[] = [
    { word: 'examination', title: { vi: 'Khám bệnh', en: 'Examination' }, key: 'k', room: 'clinic', may: (w, p) => w.writes && !p.dead, load: () => import('./rooms/clinic/examination') },
    { word: 'prescription', title: { vi: 'Kê đơn', en: 'Prescription' }, key: 'd', room: 'clinic', may: (w, p) => w.can('prescribe') && !p.dead, load: () => import('./rooms/clinic/prescription') },
    { word: 'referral', title: { vi: 'Chuyển tuyến', en: 'Referral' }, key: 'c', room: 'clinic', may: (w, p) => w.writes && !p.dead, load: () => import('./rooms/clinic/referral') },
    { word: 'child', title: { vi: 'Cân đo trẻ', en: 'Measure a child' }, key: 'w', room: 'child', may: (w, p) => w.writes && p.age !== null && p.age < 5, load: () => import('./rooms/child/sheet') },
    { word: 'check-up', title: { vi: 'Khám sức khỏe', en: 'Check-up' }, key: 's', room: 'checkup', may: (w) => w.writes, load: () => import('./rooms/checkup/sheet') },
    { word: 'family', title: { vi: 'Gia đình', en: 'Family' }, key: 'g', room: 'people', may: (w) => w.can('person-find'), load: () => import('./rooms/people/family') },
    { word: 'edit', title: { vi: 'Sửa thông tin', en: 'Correct data' }, key: 'i', room: 'people', may: (w) => w.can('person-register'), load: () => import('./rooms/people/edit') },
    { word: 'privacy', title: { vi: 'Quyền dữ liệu', en: 'Data rights' }, key: '', room: 'admin', may: (w) => w.can('person-register'), load: () => import('./rooms/admin/privacy') },
    { word: 'access-log', title: { vi: 'Ai đã xem', en: 'Access log' }, key: '', room: 'admin', may: (w) => w.can('audit-read'), load: () => import('./rooms/admin/log') },
];

declare const ROOM_STYLES: Record<string, string>; // room → address of its style sheet, filled in by build.mjs
const styles = new Map<string, Promise<void>>();

/** The room's own style sheet, once. */
export function roomStyle(room: string): Promise<void> {
    const href = ROOM_STYLES[room];
    if (!href) return Promise.resolve();
    let loaded = styles.get(room);
    if (!loaded) {
        loaded = new Promise((done) => {
            const link = document.createElement('link');
            link.rel = 'stylesheet';
            link.href = href;
            link.onload = link.onerror = () => done();
            document.head.append(link);
        });
        styles.set(room, loaded);
    }
    return loaded;
}
