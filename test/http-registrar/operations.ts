/** The endpoints of the registrar as its own document has them, and the addresses at which they are tried. */
import { expect } from "vitest";
import { instance, lamp, type Method, type RegistrarApi } from "./registrar-api.ts";

export const instances = "/api/v1/wps/instances";
export const one = `${instances}/{id}`;
export const enrolment = `${one}/enrolment`;
export const devices = "/api/v1/devices";
export const admit = "/api/v1/requests/{mac}/admit";
export const devicePin = "/api/v1/wps/device-pin";

/** Of the one instance, of the lamp, or of the first entry. */
export const addressOf = (route: string) => route.replace(one, instance).replace("{mac}", lamp).replace("{id}", "1");

/** Endpoints that the station's service has as well; its tests try them. */
export const common =
  /^(?:\/|\/metrics|\/healthz|\/api\/openapi\.json|\/api\/v1\/settings|\/api\/v1\/session|\/api\/v1\/events)$/;

/** How each refusal is told. */
export const sentence = expect.stringMatching(/^["\p{Lu}/].*\.$/u);

export interface Operation {
  readonly method: Method;
  readonly route: string;
  readonly hasBody: boolean;
  /** Each with the keys of its refusals. */
  readonly answers: readonly { readonly status: number; readonly errors: readonly string[] }[];
}

interface Documented {
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** All endpoints, as the service's own document has them. */
export async function operations(api: RegistrarApi): Promise<readonly Operation[]> {
  const document = (await api.ask("GET", "/api/openapi.json")).body as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  };
  return Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, { requestBody, responses }]) => ({
      method: method.toUpperCase() as Method,
      route,
      hasBody: requestBody !== undefined,
      answers: Object.entries(responses).map(([status, { description }]) => ({
        status: Number(status),
        errors:
          Number(status) < 400 ? [] : [...description.matchAll(/`([a-z-]+)`/g)].map(([, key = ""]) => key).slice(1),
      })),
    })),
  );
}
