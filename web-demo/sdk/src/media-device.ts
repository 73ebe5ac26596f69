// mediasoup-client's Device, loaded ahead of the call: joining then needs a single round trip.
import { Device, type types as mediasoup } from "mediasoup-client";
import type { RtpCapabilities } from "./generated/protocol.js";
import type { HttpApi } from "./http.js";
import type { ClientStorage } from "./storage.js";

export type DeviceFactory = () => Promise<Device>;

const OLDEST_CHROMIUM = 111;

/**
 * mediasoup-client knows Chromium by `navigator.userAgentData`, which pages over plain http don't have, and
 * then by a name that a headless one does not bear. Such pages can't capture, but they can receive.
 */
export async function makeDevice(userAgent: string = navigator.userAgent): Promise<Device> {
  try {
    return await Device.factory();
  } catch (error) {
    const version = Number(/Chrom(?:e|ium)\/(\d+)/.exec(userAgent)?.[1] ?? 0);
    if (version < OLDEST_CHROMIUM) throw error;
    return new Device({ handlerName: "Chrome111" });
  }
}

export class MediaDevice {
  readonly #http: HttpApi;
  readonly #storage: ClientStorage;
  readonly #factory: DeviceFactory;
  #loading: Promise<Device> | undefined;
  #hash: string | undefined;

  constructor(http: HttpApi, storage: ClientStorage, factory: DeviceFactory = () => makeDevice()) {
    this.#http = http;
    this.#storage = storage;
    this.#factory = factory;
  }

  /** `hash` names the capabilities that the server has now; without it the last known ones do. */
  prepare(hash?: string): Promise<Device | undefined> {
    if (this.#loading === undefined || (hash !== undefined && hash !== this.#hash)) {
      this.#hash = hash ?? this.#storage.capabilities?.hash;
      this.#loading = this.#load(hash);
      this.#loading.catch(() => (this.#loading = undefined));
    }
    return this.#loading.catch(() => undefined);
  }

  /** The loaded device; throws where the browser or the network is not up to it. */
  device(hash?: string): Promise<Device> {
    void this.prepare(hash);
    return this.#loading!;
  }

  async #load(hash: string | undefined): Promise<Device> {
    const [device, capabilities] = await Promise.all([this.#factory(), this.#capabilities(hash)]);
    await device.load({ routerRtpCapabilities: capabilities as mediasoup.RtpCapabilities });
    return device;
  }

  async #capabilities(hash: string | undefined): Promise<RtpCapabilities> {
    const cached = this.#storage.capabilities;
    if (cached !== undefined && (hash === undefined || cached.hash === hash)) return cached.rtp_capabilities;
    const fresh = await this.#http.routerCapabilities();
    this.#storage.capabilities = fresh;
    this.#hash = fresh.hash;
    return fresh.rtp_capabilities;
  }
}
