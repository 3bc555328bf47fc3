/** The side panel: beside the chat where there is room; otherwise the button opens it over the chat. */
export function openPanel({ panel, overview }) {
  const shut = panel.querySelector('.shut');

  function show(isOpen) {
    panel.classList.toggle('open', isOpen);
    overview.ariaExpanded = String(isOpen);
    (isOpen ? shut : overview).focus();
  }

  overview.addEventListener('click', () => show(!panel.classList.contains('open')));
  shut.addEventListener('click', () => show(false));
  panel.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && panel.classList.contains('open')) show(false);
  });
}
