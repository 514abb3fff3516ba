// SPDX-License-Identifier: GPL-3.0-or-later
// Pages that keep themselves fresh: server-sent events say that something changed, a poll every 30 s stands in when the
// stream is not there. A burst of events becomes one fetch.

import { useEffect, useRef, useState } from 'preact/hooks';

const POLL_MS = 30000;
const GATHER_MS = 250;

/** Calls `refresh` on every change of the topic; true while the stream is open. */
export function useTopic(topic: string, refresh: () => void): boolean {
    const [live, setLive] = useState(false);
    const latest = useRef(refresh);
    latest.current = refresh;
    useEffect(() => {
        let gathering = 0,
            open = false,
            retry = 0,
            stream: EventSource | null = null;
        const changed = (): void => {
            if (gathering) return;
            gathering = window.setTimeout(() => {
                gathering = 0;
                latest.current();
            }, GATHER_MS);
        };
        const connect = (): void => {
            stream = new EventSource(`/events?topic=${topic}`);
            stream.onopen = () => {
                open = true;
                setLive(true);
                changed(); // what happened while we were away
            };
            stream.onmessage = changed;
            stream.addEventListener(topic, changed);
            stream.onerror = () => {
                open = false;
                setLive(false);
                if (stream?.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, POLL_MS);
            };
        };
        connect();
        const poll = window.setInterval(() => {
            if (!open && !document.hidden) changed();
        }, POLL_MS);
        return () => {
            stream?.close();
            clearInterval(poll);
            clearTimeout(retry);
            clearTimeout(gathering);
        };
    }, [topic]);
    return live;
}
