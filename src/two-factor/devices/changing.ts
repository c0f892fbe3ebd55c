// Renaming and removing devices.
import { type Decision, deny, grant, grantNothing } from "../shell/decision.ts";
import { transact, type World } from "../shell/transact.ts";
import { deviceOf, type State, withDevice } from "../state/state.ts";
import { requireId, requireName } from "../texts.ts";
import { withoutDevice, withoutPending } from "./joining.ts";

export async function renameDevice(world: World, userId: string, deviceId: string, name: string): Promise<undefined> {
  requireId(deviceId, "deviceId");
  requireName(name);
  return transact(world, userId, ({ state }): Decision<undefined> => {
    const next = renamed(state, deviceId, name);
    return next ? grant(undefined, next, [{ type: "device-renamed", deviceId }]) : deny("device-unknown");
  });
}

function renamed(state: State, deviceId: string, name: string): State | undefined {
  const device = deviceOf(state, deviceId);
  if (device) return withDevice(state, { ...device, name });
  return state.pending?.id === deviceId ? { ...state, pending: { ...state.pending, name } } : undefined;
}

export async function removeDevice(world: World, userId: string, deviceId: string): Promise<undefined> {
  requireId(deviceId, "deviceId");
  return transact(world, userId, async (person): Promise<Decision<undefined>> => {
    const { state } = person;
    const isActive = deviceOf(state, deviceId) !== undefined;
    if (!isActive && state.pending?.id !== deviceId) return grantNothing();
    if (isActive && state.devices.length === 1) return deny("last-device");
    const opened = await person.openVault();
    const { next, vault } = isActive ? withoutDevice(state, opened, deviceId) : withoutPending(state, opened);
    return grant(undefined, next, [{ type: "device-removed", deviceId }], vault);
  });
}
