import { createApp, h, ref } from 'vue';
import '@chat-system/chat-room';

const SERVER = 'http://localhost:8000';

/**
 * In a template, write `<chat-room :server="SERVER" @unread="…">` and let `compilerOptions.isCustomElement` return true for
 * `chat-room`. Vue sets properties of custom elements, and listens to their events by name.
 */
const App = {
  setup() {
    const unread = ref(0);
    const thank = (message, { isOwn }) => (isOwn ? [] : [{ name: 'thank', label: 'Thank' }]);
    return () => [
      h('h1', 'The chat in Vue'),
      h('p', ['Unread messages: ', h('output', unread.value)]),
      h('chat-room', {
        server: SERVER,
        heading: 'Team',
        rowActions: thank,
        onUnread: ({ detail }) => (unread.value = detail.count),
        onRowaction: ({ target, detail }) => target.client.send(`Thank you, ${detail.message.username}!`),
      }),
    ];
  },
};

const root = document.createElement('div');
document.body.append(root);
createApp(App).mount(root);
