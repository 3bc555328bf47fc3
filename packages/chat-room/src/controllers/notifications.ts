import type { Memory } from '../memory/storage.js';

/** Messages on the desktop while the page is not seen, for those who asked for them. */
export class Notifications {
  constructor(private readonly memory: Memory) {}

  get state(): 'impossible' | 'off' | 'on' | 'denied' {
    if (!('Notification' in globalThis) || !globalThis.isSecureContext) return 'impossible';
    if (Notification.permission === 'denied') return 'denied';
    return Notification.permission === 'granted' && this.memory.get('notify') === 'on' ? 'on' : 'off';
  }

  /** Asks the browser, which asks the user; or ends it. */
  async toggle(): Promise<void> {
    if (this.state === 'on') this.memory.set('notify', '');
    else if ((await Notification.requestPermission()) === 'granted') this.memory.set('notify', 'on');
  }

  show(title: string, body: string): void {
    if (this.state !== 'on' || !document.hidden) return;
    try {
      const notification = new Notification(title, { body, tag: 'chat-room' });
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
    } catch {
      // Some browsers on phones allow it to service workers alone.
    }
  }
}
