// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a QR code with the camera: the browser's own BarcodeDetector where there is one, else jsQR, loaded when it is needed.
// Only in a secure context (https, or on this computer): browsers give no camera otherwise.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import { words } from './texts';

type Reader = (video: HTMLVideoElement) => Promise<string | null>;
const LOOK_MS = 150,
    WIDTH = 800; // pixels that are looked at: more is slower and reads no better

async function reader(): Promise<Reader> {
    const Detector = (window as any).BarcodeDetector;
    if (Detector && (await Detector.getSupportedFormats().catch(() => [])).includes('qr_code')) {
        const detector = new Detector({ formats: ['qr_code'] });
        return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
    }
    const { default: jsQR } = await import('jsqr');
    const canvas = document.createElement('canvas');
    return async (video) => {
        const scale = Math.min(1, WIDTH / video.videoWidth);
        canvas.width = Math.round(video.videoWidth * scale);
        canvas.height = Math.round(video.videoHeight * scale);
        const pen = canvas.getContext('2d', { willReadFrequently: true });
        if (!pen || !canvas.width) return null;
        pen.drawImage(video, 0, 0, canvas.width, canvas.height);
        const image = pen.getImageData(0, 0, canvas.width, canvas.height);
        return jsQR(image.data, image.width, image.height)?.data || null;
    };
}

export function Camera({ onRead }: { onRead: (text: string) => void }) {
    const w = useTextsOf(words);
    const [on, setOn] = useState(false);
    const [trouble, setTrouble] = useState<string | null>(null);
    const video = useRef<HTMLVideoElement>(null);

    useEffect(() => {
        if (!on) return;
        let stream: MediaStream | null = null,
            timer = 0,
            gone = false;
        void (async () => {
            try {
                stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false });
                const look = await reader();
                if (gone || !video.current) return stream.getTracks().forEach((t) => t.stop());
                video.current.srcObject = stream;
                await video.current.play();
                const again = async (): Promise<void> => {
                    if (gone || !video.current) return;
                    const text = video.current.videoWidth ? await look(video.current).catch(() => null) : null;
                    if (gone) return;
                    if (text) {
                        setOn(false);
                        return onRead(text);
                    }
                    timer = window.setTimeout(() => void again(), LOOK_MS);
                };
                await again();
            } catch {
                if (!gone) {
                    setOn(false);
                    setTrouble(w.cameraNone);
                }
            }
        })();
        return () => {
            gone = true;
            clearTimeout(timer);
            stream?.getTracks().forEach((t) => t.stop());
        };
    }, [on]);

    const start = (): void => {
        setTrouble(null);
        if (!window.isSecureContext) return setTrouble(w.cameraInsecure);
        if (!navigator.mediaDevices?.getUserMedia) return setTrouble(w.cameraNone);
        setOn(true);
    };
    return (
        <div class="camera">
            <button type="button" class="btn" aria-pressed={on} onClick={() => (on ? setOn(false) : start())}>
                <Icon name={on ? 'stop' : 'search'} />
                {on ? w.cameraStop : w.camera}
            </button>
            {trouble && (
                <p class="wrong" role="alert">
                    <Icon name="warn" />
                    {trouble}
                </p>
            )}
            {on && (
                <>
                    <p class="small muted" role="status">
                        {w.cameraSay}
                    </p>
                    <video ref={video} muted playsInline aria-label={w.cameraSay} />
                </>
            )}
        </div>
    );
}
