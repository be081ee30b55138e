// LangChain for JavaScript. ChatDeepSeek shows the reasoning.
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatDeepSeek } from "@langchain/deepseek";
import { ChatOpenAI } from "@langchain/openai";
import { z } from "zod";

const baseURL = (process.env.O1_API_URL ?? "http://localhost:8080") + "/v1";
const apiKey = process.env.O1_API_TOKEN;
const getWeather = tool(async ({ city }) => `${city}: 7 degrees`, {
  name: "get_weather",
  description: "The weather of a city",
  schema: z.object({ city: z.string() }),
});

for (const [name, model] of [
  ["ChatDeepSeek", new ChatDeepSeek({ model: "thinker", apiKey, configuration: { baseURL } })],
  ["ChatOpenAI", new ChatOpenAI({ model: "thinker", apiKey, configuration: { baseURL }, useResponsesApi: false })],
]) {
  console.log("==", name);
  const reply = await model.invoke("Is 91 a prime number?");
  console.log("reasoning:", reply.additional_kwargs.reasoning_content);
  console.log("answer:", reply.content);
  console.log("usage:", reply.usage_metadata);

  for await (const chunk of await model.stream("Is 91 a prime number?")) {
    process.stdout.write((chunk.additional_kwargs.reasoning_content ?? "") + chunk.content);
    if (chunk.usage_metadata) console.log("\nusage:", chunk.usage_metadata);
  }

  const structured = model.withStructuredOutput(z.object({ prime: z.boolean(), smallest_factor: z.number().int() }), {
    method: name === "ChatDeepSeek" ? "functionCalling" : "jsonSchema",
  });
  console.log("parsed:", await structured.invoke("Is 91 a prime number?"));

  const withTools = model.bindTools([getWeather]);
  const messages = [new HumanMessage("What is the weather in Oslo?")];
  const first = await withTools.invoke(messages);
  messages.push(first);
  for (const call of first.tool_calls ?? []) {
    const result = await getWeather.invoke(call);
    messages.push(result instanceof ToolMessage ? result : new ToolMessage({ content: result, tool_call_id: call.id }));
  }
  console.log("calls:", JSON.stringify(first.tool_calls));
  console.log("answer:", (await withTools.invoke(messages)).content);
}
