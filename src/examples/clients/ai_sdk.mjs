// Vercel's AI SDK with its provider for OpenAI-compatible services.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Output, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const o1 = createOpenAICompatible({
  name: "o1api",
  baseURL: (process.env.O1_API_URL ?? "http://localhost:8080") + "/v1",
  apiKey: process.env.O1_API_TOKEN,
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const model = o1("thinker");
const prompt = "Is 91 a prime number?";

const reply = await generateText({ model, prompt, providerOptions: { "o1api": { reasoningEffort: "low" } } });
console.log("reasoning:", reply.reasoningText);
console.log("answer:", reply.text);
console.log("usage:", reply.usage);

const stream = streamText({ model, prompt });
for await (const part of stream.fullStream) {
  if (part.type === "reasoning-delta" || part.type === "text-delta") process.stdout.write(part.text);
  if (part.type === "finish") console.log("\nusage:", part.totalUsage);
}

const parsed = await generateText({
  model,
  prompt,
  output: Output.object({ schema: z.object({ prime: z.boolean(), smallest_factor: z.number().int() }) }),
});
console.log("parsed:", parsed.output);

const agent = await generateText({
  model,
  prompt: "What is the weather in Oslo?",
  tools: {
    get_weather: tool({
      description: "The weather of a city",
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => ({ city, celsius: 7 }),
    }),
  },
  stopWhen: stepCountIs(5),
});
console.log("calls:", JSON.stringify(agent.steps[0].toolCalls.map((call) => [call.toolName, call.input])));
console.log("answer:", agent.text);
