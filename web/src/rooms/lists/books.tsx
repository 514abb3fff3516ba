// SPDX-License-Identifier: GPL-3.0-or-later
// The books of the own station on paper (A1 visits, A6 deaths): choose book and month, print or take to Excel.

import { useState } from 'preact/hooks';
import { session } from '../../base/api';
import { today } from '../../base/clock';
import { useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import { texts } from './texts';

const BOOKS = ['A1', 'A6'] as const;

/** This month and the eleven before, "YYYY-MM". */
function months(): string[] {
    const year = Number(today().slice(0, 4)),
        month = Number(today().slice(5, 7));
    return Array.from({ length: 12 }, (_, back) => {
        const n = year * 12 + month - 1 - back;
        return `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
    });
}

export function Books() {
    const w = useTextsOf(texts);
    const [book, setBook] = useState<string>(BOOKS[0]),
        [month, setMonth] = useState(months()[0]!);
    if (!/^(station|point)-/.test(session.get()?.placeId ?? '')) return null; // only a post at a station or point has books
    const address = `/api/print/register/${book}?month=${month}`;
    return (
        <section class="card pad books noprint" aria-labelledby="books-title">
            <h2 id="books-title">{w.booksTitle}</h2>
            <div class="filters">
                <div class="field">
                    <label for="book">{w.book}</label>
                    <select id="book" value={book} onChange={(e) => setBook(e.currentTarget.value)}>
                        {BOOKS.map((b) => (
                            <option key={b} value={b}>
                                {w.books[b]}
                            </option>
                        ))}
                    </select>
                </div>
                <div class="field">
                    <label for="book-month">{w.bookMonth}</label>
                    <select id="book-month" value={month} onChange={(e) => setMonth(e.currentTarget.value)}>
                        {months().map((m) => (
                            <option key={m} value={m}>
                                {`${m.slice(5)}/${m.slice(0, 4)}`}
                            </option>
                        ))}
                    </select>
                </div>
                <a class="btn" id="book-print" href={address} target="_blank" rel="noopener">
                    <Icon name="print" />
                    {w.printBook}
                </a>
                <a class="btn" id="book-excel" href={`${address}&format=xlsx`} download>
                    <Icon name="down" />
                    {w.excel}
                </a>
            </div>
        </section>
    );
}
