// SPDX-License-Identifier: GPL-3.0-or-later
// Accounts and their posts: give a person a post, end it, reset what was forgotten, shut out.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, get, type Failure } from '../../base/api';
import { fold } from '../../base/fold';
import { useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import { Good, Loaded, nameIn, readDate, showDate, TextField, useLanguage, useLoad, type Named } from './shared';
import { texts } from './texts';

interface Post {
    id: string;
    role: string;
    place: string | null;
    placeName: string | null;
    from: string | null;
    until: string | null;
    current: boolean;
    sensitive: string[];
}

interface Account {
    account: string;
    name: string;
    role: string;
    place: string | null;
    practitioner: string | null;
    disabled: boolean;
    sessions: number;
    pin: boolean;
    posts: Post[];
}

interface Roles {
    roles: Named[];
    sensitive: Named[];
}

interface Choice {
    id: string;
    name: string;
}

/** A place by the beginning of its name. */
function PlaceField({ value, wrong, onChoose }: { value: Choice | null; wrong: string | null; onChoose: (p: Choice | null) => void }) {
    const t = useTextsOf(texts);
    const [text, setText] = useState(value?.name ?? ''),
        [found, setFound] = useState<Choice[]>([]);
    useEffect(() => {
        const clean = text.trim();
        if (clean.length < 2 || clean === value?.name) return setFound([]);
        const stop = new AbortController(),
            timer = setTimeout(() => {
                void get<any>(`/fhir/Location?name:contains=${encodeURIComponent(clean)}&_count=8`, stop.signal).then((a) => {
                    if (a.ok) setFound((a.body?.entry ?? []).map((e: any) => ({ id: e.resource.id, name: e.resource.name ?? e.resource.id })));
                });
            }, 150);
        return () => {
            clearTimeout(timer);
            stop.abort();
        };
    }, [text]);
    return (
        <div class="placefield">
            <TextField
                id="place"
                label={t.place}
                hint={t.placeHint}
                value={text}
                wrong={wrong}
                onType={(s) => {
                    setText(s);
                    if (value) onChoose(null);
                }}
            />
            {found.length > 0 && (
                <ul class="choices plainlist">
                    {found.map((p) => (
                        <li key={p.id}>
                            <button
                                type="button"
                                class="link"
                                onClick={() => {
                                    setText(p.name);
                                    setFound([]);
                                    onChoose(p);
                                }}
                            >
                                {p.name} <span class="muted">{p.id}</span>
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}

/** The form of a post; with a new person in front of it when `to` is null. */
function PostForm({ to, roles, onDone, onClose }: { to: Account | null; roles: Roles; onDone: (text: string) => void; onClose: () => void }) {
    const t = useTextsOf(texts),
        lang = useLanguage();
    const [name, setName] = useState(''),
        [account, setAccount] = useState(''),
        [password, setPassword] = useState(''),
        [role, setRole] = useState('nurse'),
        [place, setPlace] = useState<Choice | null>(null),
        [from, setFrom] = useState(''),
        [until, setUntil] = useState(''),
        [classes, setClasses] = useState<string[]>([]),
        [tried, setTried] = useState(false),
        [busy, setBusy] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null);
    const form = useRef<HTMLFormElement>(null);
    useEffect(() => form.current?.querySelector<HTMLElement>('input,select')?.focus(), []);
    const needsPlace = !['admin', 'auditor', 'planner', 'director', 'epidemiologist'].includes(role);
    const days = [readDate(from), readDate(until)];
    const wrong = {
        name: !to && !name.trim() ? t.need : null,
        account: !to && !/^[a-z0-9._@-]{1,64}$/.test(account) ? `${t.need}: a-z 0-9 . - _ @` : null,
        password: !to && [...password].length < 8 ? t.passwordShort : null,
        place: needsPlace && !place ? t.needPlace : null,
        from: days[0] === null ? t.badDay : null,
        until: days[1] === null ? t.badDay : null,
    };
    const submit = async (e: Event): Promise<void> => {
        e.preventDefault();
        setTried(true);
        if (Object.values(wrong).some(Boolean)) {
            setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
            return;
        }
        const post = { role, place: place?.id, from: days[0] || undefined, until: days[1] || undefined, sensitive: classes };
        setBusy(true);
        const answer = to
            ? await call('POST', `/api/accounts/${encodeURIComponent(to.account)}/posts`, post)
            : await call('POST', '/api/accounts', { account, name: name.trim(), password, language: lang, post });
        setBusy(false);
        if (answer.ok) onDone(t.saved);
        else setFailure(answer.failure);
    };
    const shown = (w: string | null): string | null => (tried ? w : null);
    return (
        <form ref={form} class="card pad postform" onSubmit={submit} noValidate aria-label={to ? t.givePost : t.add}>
            <h2>{to ? `${t.givePost}: ${to.name}` : t.add}</h2>
            <p class="muted">{t.addLead}</p>
            {failure && <Trouble failure={failure} />}
            {!to && (
                <div class="row">
                    <TextField id="name" label={t.name} value={name} wrong={shown(wrong.name)} onType={setName} />
                    <TextField id="login" label={t.account} value={account} wrong={shown(wrong.account)} max={64} onType={(s) => setAccount(fold(s).replace(/ /g, '.'))} />
                    <TextField id="first" label={t.firstPassword} type="password" autocomplete="new-password" value={password} wrong={shown(wrong.password)} onType={setPassword} />
                </div>
            )}
            <div class="row">
                <div class="field">
                    <label for="role">{t.role}</label>
                    <select id="role" value={role} onChange={(e) => setRole(e.currentTarget.value)}>
                        {roles.roles
                            .filter((r) => !['none', 'metrics', 'program'].includes(r.code))
                            .map((r) => (
                                <option key={r.code} value={r.code}>
                                    {r[lang]}
                                </option>
                            ))}
                    </select>
                </div>
                <PlaceField value={place} wrong={shown(wrong.place)} onChoose={setPlace} />
                <TextField id="from" label={t.from} hint={t.optional} value={from} wrong={shown(wrong.from)} short digits max={10} onType={setFrom} />
                <TextField id="until" label={t.until} hint={t.optional} value={until} wrong={shown(wrong.until)} short digits max={10} onType={setUntil} />
            </div>
            <fieldset class="classes">
                <legend>
                    {t.sensitive} <span class="unit">{t.sensitiveHint}</span>
                </legend>
                {roles.sensitive.map((c) => (
                    <label key={c.code} class="tick">
                        <input
                            type="checkbox"
                            checked={classes.includes(c.code)}
                            onChange={(e) => setClasses(e.currentTarget.checked ? [...classes, c.code] : classes.filter((x) => x !== c.code))}
                        />
                        {c[lang]}
                    </label>
                ))}
            </fieldset>
            <p class="actions">
                <button type="submit" class="btn go" disabled={busy}>
                    {t.save}
                </button>
                <button type="button" class="btn" onClick={onClose}>
                    {t.cancel}
                </button>
            </p>
        </form>
    );
}

function PostLine({ post, account, roles, onDone }: { post: Post; account: Account; roles: Roles; onDone: () => void }) {
    const t = useTextsOf(texts);
    const [failure, setFailure] = useState<Failure | null>(null);
    const role = nameIn(roles.roles, post.role);
    const end = async (): Promise<void> => {
        const a = await call('DELETE', `/api/accounts/${encodeURIComponent(account.account)}/posts/${encodeURIComponent(post.id)}`);
        if (a.ok) onDone();
        else setFailure(a.failure);
    };
    const today = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);
    return (
        <li class={post.current ? '' : 'past'}>
            <b>{role}</b> {post.place && <span>{post.placeName ?? post.place}</span>}{' '}
            <span class="muted">
                {showDate(post.from)} – {post.until ? showDate(post.until) : '…'}
            </span>{' '}
            {!post.current && <span class="tag plain">{post.from && post.from > today ? t.later : t.ended}</span>}
            {post.sensitive.map((c) => (
                <span key={c} class="tag info">
                    {nameIn(roles.sensitive, c)}
                </span>
            ))}
            {post.current && (
                <button type="button" class="link" aria-label={t.endPostOf(role)} onClick={() => void end()}>
                    {t.endPost}
                </button>
            )}
            {failure && <Trouble failure={failure} />}
        </li>
    );
}

/** What is done rarely: forgotten password, PIN, sessions, shutting out. */
function More({ account, onDone }: { account: Account; onDone: () => void }) {
    const t = useTextsOf(texts);
    const [open, setOpen] = useState(false),
        [password, setPassword] = useState(''),
        [failure, setFailure] = useState<Failure | null>(null);
    const path = `/api/accounts/${encodeURIComponent(account.account)}`;
    const run = async (method: string, at: string, body?: unknown): Promise<void> => {
        const a = await call(method, at, body);
        setFailure(a.ok ? null : a.failure);
        if (!a.ok) return;
        setPassword('');
        setOpen(false);
        onDone();
    };
    return (
        <div class="more">
            <button type="button" class="link" aria-expanded={open} aria-label={t.moreOf(account.name)} onClick={() => setOpen(!open)}>
                {t.more}
            </button>
            {open && (
                <div class="morebox">
                    {failure && <Trouble failure={failure} />}
                    <div class="withbutton">
                        <TextField id={`new-${account.account}`} label={t.newPassword} type="password" autocomplete="new-password" value={password} onType={setPassword} />
                        <button type="button" class="btn" disabled={[...password].length < 8} onClick={() => void run('PUT', `${path}/password`, { password })}>
                            {t.save}
                        </button>
                    </div>
                    <p class="actions">
                        {account.pin && (
                            <button type="button" class="btn" onClick={() => void run('DELETE', `${path}/pin`)}>
                                {t.removePin}
                            </button>
                        )}
                        {account.sessions > 0 && (
                            <button type="button" class="btn" onClick={() => void run('DELETE', `${path}/sessions`)}>
                                {t.signOutAll}
                            </button>
                        )}
                        <button type="button" class="btn" onClick={() => void run('PUT', path, { disabled: !account.disabled })}>
                            {account.disabled ? t.enable : t.disable}
                        </button>
                    </p>
                </div>
            )}
        </div>
    );
}

export function Accounts() {
    const t = useTextsOf(texts);
    const [turn, setTurn] = useState(0),
        [form, setForm] = useState<'new' | Account | null>(null),
        [said, setSaid] = useState(''),
        [filter, setFilter] = useState('');
    const roles = useLoad<Roles>('/api/roles'),
        list = useLoad<{ accounts: Account[] }>('/api/accounts', turn);
    const again = (): void => setTurn(turn + 1);
    const done = (text: string): void => {
        setForm(null);
        setSaid(text);
        again();
    };
    return (
        <Loaded of={roles}>
            {(r) => (
                <>
                    {said && <Good text={said} />}
                    {form ? (
                        <PostForm key={form === 'new' ? '' : form.account} to={form === 'new' ? null : form} roles={r} onDone={done} onClose={() => setForm(null)} />
                    ) : (
                        <div class="withbutton tools">
                            <TextField id="filter" label={t.filter} value={filter} onType={setFilter} />
                            <button type="button" class="btn go" onClick={() => setForm('new')}>
                                <Icon name="plus" />
                                {t.add}
                            </button>
                        </div>
                    )}
                    <Loaded of={list}>
                        {(l) => (
                            <ul class="accounts plainlist">
                                {l.accounts
                                    .filter((a) => fold([a.name, a.account, ...a.posts.map((p) => `${nameIn(r.roles, p.role)} ${p.placeName ?? p.place}`)].join(' ')).includes(fold(filter)))
                                    .map((a) => (
                                        <li key={a.account} class="card pad">
                                            <div class="who">
                                                <h2>{a.name}</h2>
                                                <p class="muted">
                                                    {a.account} · {t.sessions(a.sessions)}
                                                </p>
                                                {a.disabled && (
                                                    <span class="tag bad">
                                                        <Icon name="stop" />
                                                        {t.disabled}
                                                    </span>
                                                )}
                                            </div>
                                            <ul class="posts plainlist">
                                                {a.posts.map((p) => (
                                                    <PostLine key={p.id} post={p} account={a} roles={r} onDone={again} />
                                                ))}
                                                {!a.posts.length && (
                                                    <li>
                                                        <b>{nameIn(r.roles, a.role)}</b> {a.place}
                                                    </li>
                                                )}
                                                {a.posts.length > 0 && !a.posts.some((p) => p.current) && (
                                                    <li>
                                                        <span class="tag due">
                                                            <Icon name="warn" />
                                                            {t.noPost}
                                                        </span>
                                                    </li>
                                                )}
                                            </ul>
                                            <div class="do">
                                                {a.practitioner && (
                                                    <button type="button" class="btn" onClick={() => setForm(a)}>
                                                        {t.givePost}
                                                    </button>
                                                )}
                                                <More account={a} onDone={again} />
                                            </div>
                                        </li>
                                    ))}
                            </ul>
                        )}
                    </Loaded>
                </>
            )}
        </Loaded>
    );
}
