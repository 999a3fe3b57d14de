/** What a snippet is about. `scheme` none and eka have no library to call. */
export interface SnippetSubject {
  type: string;
  example: Record<string, unknown> | null;
  scheme: "standard-webhooks" | "svix";
}

export interface Snippet {
  language: "JavaScript" | "Python" | "Go" | "PHP" | "curl";
  /** What to install, as a command; null where nothing is needed. */
  install: string | null;
  code: string;
}

/** How to receive an event type in each language, and with curl how to publish its example. Pure text. */
export function codeSnippets(subject: SnippetSubject): Snippet[] {
  return [javaScript(subject), python(subject), go(subject), php(subject), curl(subject)];
}

const fieldOf = ({ example }: SnippetSubject): string => Object.keys(example ?? {})[0] ?? "id";

const javaScript = (subject: SnippetSubject): Snippet => ({
  language: "JavaScript",
  install: "npm install @carewire/sdk",
  code: `import express from "express";
import { createWebhookHandler } from "@carewire/sdk";

const webhooks = createWebhookHandler({ secrets: [process.env.CAREWIRE_SECRET] });

webhooks.on("${subject.type}", async (event) => {
  console.log(event.id, event.data.${fieldOf(subject)});
});
webhooks.onUnknown(() => {});

const app = express();
app.post("/webhooks", webhooks.express()); // before any express.json()
app.listen(3000);
`,
});

const library = ({ scheme }: SnippetSubject) => (scheme === "svix" ? "svix" : "standardwebhooks");

const python = (subject: SnippetSubject): Snippet => ({
  language: "Python",
  install: `pip install flask ${library(subject)}`,
  code: `import os
from flask import Flask, request
from ${subject.scheme === "svix" ? "svix.webhooks" : "standardwebhooks"} import Webhook

app = Flask(__name__)
webhook = Webhook(os.environ["CAREWIRE_SECRET"])

@app.post("/webhooks")
def receive():
    # The raw bytes: what was parsed and written again does not verify.
    event = webhook.verify(request.get_data(), dict(request.headers))
    if event["type"] == "${subject.type}":
        print(event["id"], event["data"]["${fieldOf(subject)}"])
    return "", 204
`,
});

const goModule = ({ scheme }: SnippetSubject) =>
  scheme === "svix"
    ? { path: "github.com/svix/svix-webhooks/go", name: "svix" }
    : { path: "github.com/standard-webhooks/standard-webhooks/libraries/go", name: "standardwebhooks" };

function go(subject: SnippetSubject): Snippet {
  const { path, name } = goModule(subject);
  return {
    language: "Go",
    install: `go get ${path}`,
    code: `package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"

	${name} "${path}"
)

func main() {
	webhook, err := ${name}.NewWebhook(os.Getenv("CAREWIRE_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /webhooks", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || webhook.Verify(body, r.Header) != nil {
			http.Error(w, "invalid signature", http.StatusUnauthorized)
			return
		}
		var event struct {
			ID   string         \`json:"id"\`
			Type string         \`json:"type"\`
			Data map[string]any \`json:"data"\`
		}
		if json.Unmarshal(body, &event) == nil && event.Type == "${subject.type}" {
			log.Println(event.ID, event.Data["${fieldOf(subject)}"])
		}
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe(":3000", nil))
}
`,
  };
}

const php = (subject: SnippetSubject): Snippet => ({
  language: "PHP",
  install: `composer require ${subject.scheme === "svix" ? "svix/svix" : "standard-webhooks/standard-webhooks:dev-main"}`,
  code: `<?php
require "vendor/autoload.php";

$webhook = new ${subject.scheme === "svix" ? "\\Svix\\Webhook" : "\\StandardWebhooks\\Webhook"}(getenv("CAREWIRE_SECRET"));
$headers = array_change_key_case(getallheaders(), CASE_LOWER);

try {
    $event = $webhook->verify(file_get_contents("php://input"), $headers);
} catch (\\Exception $e) {
    http_response_code(401);
    exit;
}

if ($event["type"] === "${subject.type}") {
    error_log($event["id"] . " " . $event["data"]["${fieldOf(subject)}"]);
}
http_response_code(204);
`,
});

const curl = ({ type, example }: SnippetSubject): Snippet => ({
  language: "curl",
  install: null,
  code: `curl "$CAREWIRE_URL/v1/events" \\
  -H "authorization: Bearer $CAREWIRE_API_KEY" \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify({ type, data: example ?? {} }, null, 2).replaceAll("'", "'\\''")}'
`,
});
