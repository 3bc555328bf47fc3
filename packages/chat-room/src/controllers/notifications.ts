import type { Memory } from '../memory/storage.js';

/** Opt-in desktop notifications while the page is hidden. */
export class Notifications {
  constructor(private readonly memory: Memory) {}

  get state(): 'impossible' | 'off' | 'on' | 'denied' {
    if (!('Notification' in globalThis) || !globalThis.isSecureContext) return 'impossible';
    if (Notification.permission === 'denied') return 'denied';
    return Notification.permission === 'granted' && this.memory.get('notify') === 'on' ? 'on' : 'off';
  }

  /** Requests the browser's permission and turns notifications on, or turns them off. */
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
      // Some mobile browsers allow notifications from service workers only.
    }
  }
}
