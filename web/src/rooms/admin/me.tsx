// SPDX-License-Identifier: GPL-3.0-or-later
// One's own account: posts of today, PIN, password, where one is signed in, and bringing a phone into the station.

import { useEffect, useState } from 'preact/hooks';
import { call, resume, session, signOut, type Failure } from '../../base/api';
import { useTexts, useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import { Trouble } from '../../parts/message';
import { Good, Loaded, nameIn, showInstant, TextField, useLoad, type Named } from './shared';
import { texts } from './texts';

interface Signed {
    id: string;
    own: boolean;
    since: string;
    from: string | null;
    browser: string | null;
    way: string;
}

function Secrets() {
    const t = useTextsOf(texts);
    const [pin, setPin] = useState(''),
        [password, setPassword] = useState(''),
        [old, setOld] = useState(''),
        [next, setNext] = useState(''),
        [said, setSaid] = useState(''),
        [failure, setFailure] = useState<Failure | null>(null);
    const run = async (path: string, body: unknown): Promise<void> => {
        const a = await call('PUT', path, body);
        setFailure(a.ok ? null : a.failure);
        setSaid(a.ok ? t.saved : '');
        if (!a.ok) return;
        for (const set of [setPin, setPassword, setOld, setNext]) set('');
        if (path.endsWith('password')) void resume();
    };
    return (
        <>
            {failure && <Trouble failure={failure} />}
            {said && <Good text={said} />}
            <form
                class="card pad"
                onSubmit={(e) => {
                    e.preventDefault();
                    void run('/api/session/pin', { pin, password });
                }}
                noValidate
            >
                <h2>{t.pin}</h2>
                <p class="muted">{t.pinLead}</p>
                <div class="row">
                    <TextField id="pin" label={t.pin} type="password" value={pin} short digits max={6} onType={(s) => setPin(s.replace(/\D/g, ''))} />
                    <TextField id="pin-password" label={t.password} type="password" autocomplete="current-password" value={password} onType={setPassword} />
                </div>
                <p class="actions">
                    <button type="submit" class="btn" disabled={pin.length < 4 || !password}>
                        {t.setPin}
                    </button>
                </p>
            </form>
            <form
                class="card pad"
                onSubmit={(e) => {
                    e.preventDefault();
                    void run('/api/session/password', { old, new: next });
                }}
                noValidate
            >
                <h2>{t.changePassword}</h2>
                <div class="row">
                    <TextField id="old" label={t.oldPassword} type="password" autocomplete="current-password" value={old} onType={setOld} />
                    <TextField id="next" label={t.nextPassword} type="password" autocomplete="new-password" value={next} onType={setNext} />
                </div>
                <p class="actions">
                    <button type="submit" class="btn" disabled={!old || [...next].length < 8}>
                        {t.changePassword}
                    </button>
                </p>
            </form>
        </>
    );
}

function Sessions() {
    const t = useTextsOf(texts);
    const list = useLoad<{ sessions: Signed[] }>('/api/sessions');
    const end = async (id: string): Promise<void> => {
        const a = await call('DELETE', `/api/sessions/${id}`);
        if (a.ok) list.again();
    };
    return (
        <section class="card pad" aria-labelledby="sessions-title">
            <h2 id="sessions-title">{t.whereSignedIn}</h2>
            <Loaded of={list}>
                {(l) => (
                    <ul class="plainlist">
                        {l.sessions.map((s) => (
                            <li key={s.id} class="withbutton">
                                <span>
                                    {showInstant(s.since)} · {s.from} {s.own && <span class="tag ok">{t.thisOne}</span>}
                                    <br />
                                    <span class="muted small">{s.browser}</span>
                                </span>
                                {!s.own && (
                                    <button type="button" class="btn" onClick={() => void end(s.id)}>
                                        {t.endSession}
                                    </button>
                                )}
                            </li>
                        ))}
                    </ul>
                )}
            </Loaded>
            <p class="actions">
                <button type="button" class="btn" onClick={() => void call('DELETE', '/api/sessions').then(() => signOut())}>
                    {t.everywhere}
                </button>
            </p>
        </section>
    );
}

interface Invitation {
    url: string;
    secure: boolean;
    authority: string | null;
    fingerprint: string | null;
    qr: string;
}

function Phone() {
    const t = useTextsOf(texts);
    const invitation = useLoad<Invitation>('/api/invitation');
    return (
        <section class="card pad phone" aria-labelledby="phone-title">
            <h2 id="phone-title">{t.phone}</h2>
            <Loaded of={invitation}>
                {(i) => (
                    <>
                        <p class="muted">{i.secure ? t.phoneLead : t.notSecure}</p>
                        <img class="qr" alt={i.url} src={`data:image/svg+xml,${encodeURIComponent(i.qr)}`} />
                        <p>
                            <a href={i.url}>{i.url}</a>
                        </p>
                        {i.authority && (
                            <p>
                                <a href={i.authority}>{t.certificate}</a>
                            </p>
                        )}
                        {i.fingerprint && (
                            <p class="seal">
                                {t.fingerprint}: {i.fingerprint}
                            </p>
                        )}
                    </>
                )}
            </Loaded>
        </section>
    );
}

export default function MePage() {
    const t = useTextsOf(texts),
        core = useTexts(),
        who = useValue(session)!;
    const roles = useLoad<{ roles: Named[] }>('/api/roles'),
        own = useLoad<{ post: string | null; posts: { id: string; role: string; place: string | null }[] }>('/api/session');
    useEffect(() => void (document.title = `${t.me} · ${core.programme}`), [t, core]);
    const choose = async (post: string): Promise<void> => {
        const a = await call('PUT', '/api/session/post', { post });
        if (!a.ok) return;
        await resume();
        own.again();
    };
    return (
        <div class="page rights">
            <h1>
                {t.me}: {who.name}
            </h1>
            <section class="card pad" aria-labelledby="posts-title">
                <h2 id="posts-title">{t.myPosts}</h2>
                <Loaded of={own}>
                    {(o) => (
                        <ul class="plainlist">
                            {o.posts.map((p) => (
                                <li key={p.id} class="withbutton">
                                    <span>
                                        <b>{nameIn(roles.body?.roles ?? [], p.role)}</b> {p.place} {p.id === o.post && <span class="tag ok">{t.current}</span>}
                                    </span>
                                    {p.id !== o.post && (
                                        <button type="button" class="btn" onClick={() => void choose(p.id)}>
                                            {t.workAs}
                                        </button>
                                    )}
                                </li>
                            ))}
                            {!o.posts.length && <li>{nameIn(roles.body?.roles ?? [], who.role)}</li>}
                        </ul>
                    )}
                </Loaded>
            </section>
            <Secrets />
            <Sessions />
            <Phone />
        </div>
    );
}
