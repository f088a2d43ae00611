// Mends what Streamlit's own markup gets wrong for screen readers: its list of pages holds heads
// and groups between the entries, which no list may; as plain links in their region it reads well.
const LIST = '[data-testid="stSidebarNavItems"]';

export default function mend() {
  if (window.scicotMended) return;
  window.scicotMended = true;
  const asLinks = () => {
    for (const part of document.querySelectorAll(`${LIST}, ${LIST} li`)) {
      if (part.getAttribute("role") !== "none") part.setAttribute("role", "none");
    }
  };
  new MutationObserver(asLinks).observe(document.body, { childList: true, subtree: true });
  asLinks();
}
