/** Requests at a steady rate, each when its time has come and not when the one before was answered. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Deliveries of one message: a connection may be closed while it is used again, and Pub/Sub would deliver anew. */
const DELIVERIES = 3;

/**
 * @param perSecond requests
 * @param onTime told of each when it was to be sent: a generator that is late makes its requests late
 * @returns when the last is answered; performance.now() of each answer, by index
 * @throws Error for an answer that is no 204
 */
export async function postPaced(
  url: string,
  bodies: readonly string[],
  perSecond: number,
  onTime: (index: number, at: number) => void,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const began = performance.now();
  const one = async (body: string, index: number): Promise<number> => {
    const at = began + (index * 1000) / perSecond;
    await sleep(Math.max(0, at - performance.now()));
    onTime(index, at);
    for (let delivery = 1; ; delivery += 1) {
      try {
        return await post(agent, url, body);
      } catch (error) {
        if (delivery === DELIVERIES) throw error;
      }
    }
  };
  try {
    return await Promise.all(bodies.map(one));
  } finally {
    agent.destroy();
  }
}

function post(agent: Agent, url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 204) resolve(performance.now());
        else reject(new Error(`answered ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
