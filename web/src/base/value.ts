// SPDX-License-Identifier: GPL-3.0-or-later
// A value that pages can watch: get, set, and a hook that draws again when it changes. All shared state is made of these.

import { useEffect, useState } from 'preact/hooks';

export interface Value<T> {
    get(): T;
    set(next: T): void;
    watch(listener: () => void): () => void;
}

export function value<T>(first: T): Value<T> {
    let now = first;
    const listeners = new Set<() => void>();
    return {
        get: () => now,
        set(next) {
            if (Object.is(next, now)) return;
            now = next;
            for (const listener of [...listeners]) listener();
        },
        watch(listener) {
            listeners.add(listener);
            return () => void listeners.delete(listener);
        },
    };
}

export function useValue<T>(v: Value<T>): T {
    const [, draw] = useState(0);
    const drawn = v.get();
    useEffect(() => {
        if (!Object.is(drawn, v.get())) draw((n) => n + 1); // changed between drawing and watching
        return v.watch(() => draw((n) => n + 1));
    }, [v]);
    return drawn;
}
