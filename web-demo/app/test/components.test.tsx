// @vitest-environment jsdom
import type { Conversation, PendingMessage, protocol } from "@parlance/sdk";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CaptureHelp } from "../src/components/capture-help";
import { Composer } from "../src/components/composer";
import { MessageList } from "../src/components/message-list";
import { Tile } from "../src/components/tile";
import type { Input, LocalMedia } from "../src/lib/local-media";
import { installDevices } from "./fakes";

beforeEach(() => {
  installDevices();
});
afterEach(cleanup);

const message = (q: number, sender: string, at: number): protocol.Message => ({
  m: `m${q}`,
  c: "c",
  q,
  r: q,
  sender,
  body: `body ${q}`,
  at,
});

function conversation(messages: protocol.Message[], pending: PendingMessage[] = []) {
  return {
    messages,
    pending,
    loaded: true,
    members: new Map([["bob", { name: "Bob" }]]),
    retry: vi.fn(),
    discard: vi.fn(),
    send: vi.fn(),
    noteTyping: vi.fn(),
  } as unknown as Conversation;
}

describe("MessageList", () => {
  test("puts what one says in a row under one name", () => {
    render(<MessageList conversation={conversation([message(1, "bob", 1), message(2, "bob", 2), message(3, "eve", 3)])} self="ada" />);
    expect(screen.getAllByText("Bob")).toHaveLength(1);
    expect(screen.getByText("Somebody who left")).toBeTruthy();
    expect(screen.getAllByTestId("message-body").map(({ textContent }) => textContent)).toEqual(["body 1", "body 2", "body 3"]);
  });

  test("offers to send a failed message again or to delete it", () => {
    const pending: PendingMessage = { cmid: "x", body: "hello", at: 1, state: "failed", error: "too long" };
    const shown = conversation([], [pending]);
    render(<MessageList conversation={shown} self="ada" />);
    expect(screen.getByRole("alert").textContent).toContain("too long");
    fireEvent.click(screen.getByTestId("message-retry"));
    expect(shown.retry).toHaveBeenCalledWith("x");
    fireEvent.click(screen.getByTestId("message-discard"));
    expect(shown.discard).toHaveBeenCalledWith("x");
  });
});

describe("Composer", () => {
  test("sends with Enter, breaks the line with Shift, and sends nothing but blanks never", () => {
    const to = conversation([]);
    render(<Composer conversation={to} onSend={() => undefined} />);
    const input = screen.getByTestId("message-input");
    fireEvent.keyDown(input, { key: "Enter" });
    fireEvent.change(input, { target: { value: " hi " } });
    fireEvent.keyDown(input, { key: "Enter", shiftKey: true });
    expect(to.send).not.toHaveBeenCalled();
    fireEvent.keyDown(input, { key: "Enter" });
    expect(to.send).toHaveBeenCalledExactlyOnceWith("hi");
    expect((input as HTMLTextAreaElement).value).toBe("");
  });
});

describe("CaptureHelp", () => {
  const input = (problem?: Input["problem"]): Input => ({ on: false, track: undefined, problem });

  test("is silent when all is well", () => {
    const { container } = render(<CaptureHelp media={{ microphone: input(), camera: input() } as LocalMedia} />);
    expect(container.textContent).toBe("");
  });

  test("names both where both were refused", () => {
    render(<CaptureHelp media={{ microphone: input("denied"), camera: input("denied") } as LocalMedia} />);
    expect(screen.getByRole("alert").textContent).toMatch(/Camera and microphone were not allowed.*Allow it/);
  });

  test("says on a page over plain http what to do", () => {
    Object.defineProperty(navigator, "mediaDevices", { value: undefined, configurable: true });
    vi.stubGlobal("isSecureContext", false);
    render(<CaptureHelp media={{ microphone: input("insecure"), camera: input("insecure") } as LocalMedia} />);
    expect(screen.getByTestId("capture-problem").textContent).toMatch(/https.*script\/server --lan/s);
    vi.unstubAllGlobals();
  });
});

describe("Tile", () => {
  const person = { id: "p", user: "u", name: "Bob Stone", camera: undefined, microphoneOn: true, speaking: false };

  test("shows initials without a camera, and who is muted", () => {
    render(<Tile {...person} microphoneOn={false} />);
    expect(screen.getByText("BS")).toBeTruthy();
    expect(screen.getByLabelText("Microphone off")).toBeTruthy();
    expect(screen.queryByTestId("host-menu")).toBeNull();
  });

  test("lets a host mute and remove by keyboard", () => {
    const onMute = vi.fn(() => Promise.resolve());
    const onRemove = vi.fn(() => Promise.resolve());
    render(<Tile {...person} onMute={onMute} onRemove={onRemove} />);
    fireEvent.click(screen.getByTestId("host-menu"));
    expect(document.activeElement).toBe(screen.getByTestId("host-mute"));
    fireEvent.keyDown(document.activeElement!, { key: "Escape" });
    expect(screen.queryByTestId("host-mute")).toBeNull();
    fireEvent.click(screen.getByTestId("host-menu"));
    fireEvent.click(screen.getByTestId("host-remove"));
    expect(onRemove).toHaveBeenCalledOnce();
    expect(onMute).not.toHaveBeenCalled();
  });
});
