// SPDX-License-Identifier: GPL-3.0-or-later
// Sign-in, as a page and as a dialog over the page when a session ended in the middle of work.

import { useEffect, useRef, useState } from 'preact/hooks';
import { colleagues, session, signIn, signInByPin, signOut, switchLanguage, type Failure } from '../base/api';
import { language, useTexts } from '../base/language';
import { Icon } from '../parts/icon';
import { failureText } from '../parts/message';

function SignInForm({ fixed }: { fixed: string | null }) {
    const t = useTexts();
    const [name, setName] = useState(fixed ?? '');
    const [password, setPassword] = useState('');
    const [plain, setPlain] = useState(false);
    const [busy, setBusy] = useState(false);
    const [tried, setTried] = useState(false);
    const [failure, setFailure] = useState<Failure | null>(null);
    const nameInput = useRef<HTMLInputElement>(null),
        passwordInput = useRef<HTMLInputElement>(null);

    useEffect(() => (fixed ? passwordInput : nameInput).current?.focus(), []);

    const submit = async (e: Event): Promise<void> => {
        e.preventDefault();
        setTried(true);
        setFailure(null);
        if (!name.trim()) return nameInput.current?.focus();
        if (!password) return passwordInput.current?.focus();
        setBusy(true);
        const f = await signIn(name.trim(), password);
        setBusy(false);
        setFailure(f);
        if (f) passwordInput.current?.select();
    };
    const wrong =
        failure === null
            ? ''
            : failure.kind === 'signed-out' || (failure.kind === 'refused' && failure.status === 403)
              ? t.wrongPassword
              : failure.kind === 'refused' && failure.status === 429
                ? t.locked
                : failureText(failure, t);
    const noName = tried && !name.trim(),
        noPassword = tried && !password;
    return (
        <form onSubmit={submit} noValidate>
            {wrong && (
                <div class="message bad" role="alert">
                    <Icon name="warn" />
                    <p>{wrong}</p>
                </div>
            )}
            <div class="field">
                <label for="account">{t.account}</label>
                <input
                    ref={nameInput}
                    id="account"
                    name="username"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck={false}
                    value={name}
                    readOnly={!!fixed}
                    maxLength={64}
                    aria-invalid={noName}
                    aria-describedby={noName ? 'account-wrong' : undefined}
                    onInput={(e) => setName(e.currentTarget.value)}
                />
                {noName && (
                    <p class="wrong" id="account-wrong">
                        <Icon name="warn" />
                        {t.needAccount}
                    </p>
                )}
            </div>
            <div class="field">
                <label for="password">{t.password}</label>
                <div class="withbutton">
                    <input
                        ref={passwordInput}
                        id="password"
                        name="password"
                        {...({ type: plain ? 'text' : 'password' } as object)}
                        autocomplete="current-password"
                        value={password}
                        maxLength={256}
                        aria-invalid={noPassword}
                        aria-describedby={noPassword ? 'password-wrong' : undefined}
                        onInput={(e) => setPassword(e.currentTarget.value)}
                    />
                    <button
                        type="button"
                        class="btn"
                        aria-label={plain ? t.hidePassword : t.showPassword}
                        onClick={() => setPlain(!plain)}
                    >
                        {plain ? t.hide : t.show}
                    </button>
                </div>
                {noPassword && (
                    <p class="wrong" id="password-wrong">
                        <Icon name="warn" />
                        {t.needPassword}
                    </p>
                )}
            </div>
            <button type="submit" class="btn go wide" aria-busy={busy} disabled={busy}>
                {busy ? t.signingIn : t.signIn}
            </button>
        </form>
    );
}

/** Colleagues who have set a PIN on this computer: one touch on the name, then the digits. */
function PinSwitch() {
    const t = useTexts();
    const [people, setPeople] = useState<{ account: string; name: string }[]>([]),
        [chosen, setChosen] = useState<string | null>(null),
        [pin, setPin] = useState(''),
        [failure, setFailure] = useState<Failure | null>(null);
    const input = useRef<HTMLInputElement>(null);
    useEffect(() => void colleagues().then(setPeople), []);
    useEffect(() => input.current?.focus(), [chosen]);
    const submit = async (e: Event): Promise<void> => {
        e.preventDefault();
        if (!chosen || pin.length < 4) return input.current?.focus();
        const f = await signInByPin(chosen, pin);
        setPin('');
        setFailure(f);
        if (f) input.current?.focus();
    };
    if (!people.length) return null;
    return (
        <form class="pins" onSubmit={submit} noValidate>
            <p class="muted">{t.pinHere}</p>
            <div class="pinnames">
                {people.map((p) => (
                    <button key={p.account} type="button" class="btn" aria-pressed={p.account === chosen} onClick={() => setChosen(p.account)}>
                        {p.name}
                    </button>
                ))}
            </div>
            {chosen && (
                <div class="field">
                    <label for="pin">{t.pin}</label>
                    <div class="withbutton">
                        <input
                            ref={input}
                            id="pin"
                            {...({ type: 'password' } as object)}
                            inputMode="numeric"
                            autocomplete="off"
                            maxLength={6}
                            value={pin}
                            aria-invalid={!!failure}
                            aria-describedby={failure ? 'pin-wrong' : undefined}
                            onInput={(e) => setPin(e.currentTarget.value.replace(/\D/g, ''))}
                        />
                        <button type="submit" class="btn go">
                            {t.signIn}
                        </button>
                    </div>
                    {failure && (
                        <p class="wrong" id="pin-wrong" role="alert">
                            <Icon name="warn" />
                            {failure.kind === 'signed-out' ? t.wrongPin : failureText(failure, t)}
                        </p>
                    )}
                </div>
            )}
        </form>
    );
}

export function LanguageButton() {
    const t = useTexts();
    const other = language.get() === 'vi' ? 'en' : 'vi';
    return (
        <button type="button" class="quiet" lang={other} onClick={() => switchLanguage(other)}>
            {t.otherLanguage}
        </button>
    );
}

export function SignInPage() {
    const t = useTexts();
    useEffect(() => void (document.title = `${t.signIn} · ${t.programme}`), [t]);
    return (
        <div class="signin">
            <main class="card" id="main">
                <div class="brandline">
                    <span class="logo" aria-hidden="true">
                        <Icon name="plus" />
                    </span>
                    <div>
                        <h1>{t.programme}</h1>
                        <p class="muted">{t.signInLead}</p>
                    </div>
                </div>
                <SignInForm fixed={null} />
                <PinSwitch />
                <p class="center">
                    <LanguageButton />
                </p>
            </main>
        </div>
    );
}

/** Over the page that was open: the focus stays inside until somebody has signed in. */
export function SignInAgain() {
    const t = useTexts();
    const dialog = useRef<HTMLDialogElement>(null);
    const account = session.get()?.account ?? '';
    useEffect(() => {
        const before = document.activeElement as HTMLElement | null;
        dialog.current?.showModal();
        dialog.current?.querySelector<HTMLInputElement>('#password')?.focus();
        return () => before?.focus();
    }, []);
    return (
        <dialog ref={dialog} class="card again" aria-labelledby="again-title" onCancel={(e) => e.preventDefault()}>
            <h2 id="again-title">{t.lostTitle}</h2>
            <p class="muted">{t.lostLead}</p>
            <SignInForm fixed={account} />
            <PinSwitch />
            <p class="center">
                <button type="button" class="quiet dark" onClick={() => void signOut()}>
                    {t.otherAccount}
                </button>
            </p>
        </dialog>
    );
}
