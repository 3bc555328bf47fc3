import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import '@chat-system/chat-room';

const SERVER = 'http://localhost:8000';

/** React 19 sets properties of custom elements, functions included, and binds `onunread` to the event `unread`. */
function App() {
  const [unread, setUnread] = useState(0);
  const [name, setName] = useState('');
  return (
    <>
      <h1>The chat in React</h1>
      <p>
        Unread messages: <output>{unread}</output>
        {name && `, you are ${name}`}
      </p>
      <chat-room
        server={SERVER}
        heading="Team"
        rowActions={(message, { isOwn }) => (isOwn ? [] : [{ name: 'thank', label: 'Thank' }])}
        onunread={({ detail }) => setUnread(detail.count)}
        onnamechange={({ detail }) => setName(detail.name)}
        onrowaction={({ target, detail }) => target.client.send(`Thank you, ${detail.message.username}!`)}
      />
    </>
  );
}

const root = document.createElement('div');
document.body.append(root);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
