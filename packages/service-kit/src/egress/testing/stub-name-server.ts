import { createSocket } from "node:dgram";
import { once } from "node:events";
import ipaddr from "ipaddr.js";

/** What is said to one kind of question: addresses, an error, or nothing at all. */
export type StubAnswer = readonly string[] | "NXDOMAIN" | "SERVFAIL" | "silence";
export type StubAnswers = Record<RecordType, StubAnswer>;
type RecordType = "A" | "AAAA";

export interface StubNameServer {
  /** `127.0.0.1:port`. */
  address: string;
  /** The kinds of records it was asked for, in the order of the questions. */
  asked: RecordType[];
  close(): Promise<void>;
}

const codes = { NXDOMAIN: 3, SERVFAIL: 2 };
const typeNames: Record<number, RecordType> = { 1: "A", 28: "AAAA" };
const headerBytes = 12;
const ttlSeconds = 60;

/** Starts a name server (RFC 1035, over UDP) that says the same of every name. */
export async function startStubNameServer(answers: StubAnswers): Promise<StubNameServer> {
  const socket = createSocket("udp4");
  const asked: RecordType[] = [];
  socket.on("message", (query, client) => {
    const question = questionOf(query);
    const type = typeNames[question.readUInt16BE(question.length - 4)];
    if (type === undefined) return;
    asked.push(type);
    const answer = answers[type];
    if (answer !== "silence") socket.send(responseTo(query, question, answer), client.port, client.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** A name (labels, the last one empty), then type and class, two bytes each. */
function questionOf(query: Buffer): Buffer {
  return query.subarray(headerBytes, query.indexOf(0, headerBytes) + 5);
}

function responseTo(query: Buffer, question: Buffer, answer: Exclude<StubAnswer, "silence">): Buffer {
  const [code, addresses] = typeof answer === "string" ? [codes[answer], []] : [0, answer];
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, question, ...addresses.map((address) => recordOf(question, address))]);
}

function recordOf(question: Buffer, address: string): Buffer {
  const bytes = Buffer.from(ipaddr.parse(address).toByteArray());
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc000 | headerBytes, 0);
  question.copy(record, 2, question.length - 4);
  record.writeUInt32BE(ttlSeconds, 6);
  record.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([record, bytes]);
}
