// The OpenAI SDK for JavaScript: chat, a stream, structured output, a function call.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: (process.env.O1_API_URL ?? "http://localhost:8080") + "/v1",
  apiKey: process.env.O1_API_TOKEN,
});
const question = [{ role: "user", content: "Is 91 a prime number?" }];

// Not streamed
const reply = await client.chat.completions.create({ model: "thinker", messages: question, reasoning_effort: "low" });
console.log("reasoning:", reply.choices[0].message.reasoning_content);
console.log("answer:", reply.choices[0].message.content);
console.log("usage:", reply.usage);

// Streamed
const stream = await client.chat.completions.create({
  model: "thinker",
  messages: question,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  const delta = chunk.choices[0]?.delta;
  process.stdout.write((delta?.reasoning_content ?? "") + (delta?.content ?? ""));
  if (chunk.usage) console.log("\nusage:", chunk.usage);
}

// Structured output
const parsed = await client.chat.completions.parse({
  model: "thinker",
  messages: question,
  response_format: {
    type: "json_schema",
    json_schema: {
      name: "verdict",
      strict: true,
      schema: {
        type: "object",
        properties: { prime: { type: "boolean" }, smallest_factor: { type: "integer" } },
        required: ["prime", "smallest_factor"],
        additionalProperties: false,
      },
    },
  },
});
console.log("parsed:", JSON.parse(parsed.choices[0].message.content));

// Function calls: the SDK runs the function and sends the result back
const runner = client.chat.completions.runTools({
  model: "thinker",
  messages: [{ role: "user", content: "What is the weather in Oslo?" }],
  tools: [
    {
      type: "function",
      function: {
        name: "get_weather",
        description: "The weather of a city",
        parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        parse: JSON.parse,
        function: async ({ city }) => JSON.stringify({ city, celsius: 7 }),
      },
    },
  ],
});
console.log("answer:", await runner.finalContent());
