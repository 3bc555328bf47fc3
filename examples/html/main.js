const room = document.querySelector('chat-room');

room.addEventListener('unread', ({ detail }) => {
  document.querySelector('output').value = String(detail.count);
});
