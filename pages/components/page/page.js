// A page as it will look at a target, in a frame that may run nothing and reach nothing.
export default function ({ parentElement, data }) {
  let frame = parentElement.querySelector("iframe");
  if (!frame) {
    frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "");
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.style.cssText = "width:100%;border:1px solid color-mix(in srgb, currentColor 20%, transparent);border-radius:8px;background:#fff";
    parentElement.querySelector(".root").append(frame);
  }
  frame.title = data.title;
  frame.style.height = `${data.height}px`;
  if (frame.srcdoc !== data.html) frame.srcdoc = data.html;
}
