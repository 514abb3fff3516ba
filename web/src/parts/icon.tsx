// SPDX-License-Identifier: GPL-3.0-or-later
// Icons as inline SVG: always beside a word, so hidden from screen readers.

const paths = {
    check: 'M4 12.5 9.5 18 20 6.5',
    warn: 'M12 3.5 22 20.5H2zM12 10v5M12 17.6v.4',
    stop: 'M8 2.5h8L21.500 8v8L16 21.500H8L2.500 16V8zM12 7.500v6M12 16.300v.4',
    info: 'M12 2.500a9.500 9.500 0 1 0 .01 0zM12 11v6M12 7.300v.4',
    search: 'M10.500 3.500a7 7 0 1 0 .01 0zM15.500 15.500 21 21',
    close: 'M5 5l14 14M19 5 5 19',
    back: 'M14.500 4.500 7 12l7.500 7.500',
    print: 'M7 8V3h10v5M7 17H3.500V8h17v9H17M7 14h10v7H7z',
    undo: 'M8.500 4 4 8.500 8.500 13M4.500 8.500H15a5.500 5.500 0 0 1 0 11h-4',
    heart: 'M12 20.500C5 15.500 3 12 3 8.800A4.800 4.800 0 0 1 12 6.500a4.800 4.800 0 0 1 9 2.300c0 3.200-2 6.700-9 11.700z',
    pill: 'M4.800 19.200a4.500 4.500 0 0 1 0-6.400l8-8a4.500 4.500 0 0 1 6.400 6.400l-8 8a4.500 4.500 0 0 1-6.400 0zM8.800 8.800l6.400 6.400',
    calendar: 'M4 5.500h16v15H4zM4 10h16M8.500 3v4.500M15.500 3v4.500',
    out: 'M10 4H4.500v16H10M14.500 7.500 19.500 12l-5 4.500M19 12H9',
    plus: 'M12 4v16M4 12h16',
    unfold: 'M5 9l7 7 7-7',
    syringe: 'M15 3l6 6M18 6l-9.500 9.500-4 1.500L6 13l9-9.500M4.500 17 2.500 21.500M9.500 9l5.500 5.500',
    note: 'M5 3.500h10l4 4v13H5zM8.500 10h7M8.500 14h7',
    clock: 'M12 2.500a9.500 9.500 0 1 0 .01 0zM12 6.500V12l4 2.500',
    up: 'M12 20V5M5.500 11.500 12 5l6.500 6.500',
    down: 'M12 4v15M5.500 12.500 12 19l6.500-6.500',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
    return (
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path
                d={paths[name]}
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linejoin="round"
                stroke-linecap="round"
            />
        </svg>
    );
}
