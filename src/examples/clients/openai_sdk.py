"""The OpenAI SDK for Python: chat, a stream, effort, structured output, a function call."""

import json
import os

from openai import OpenAI
from pydantic import BaseModel

client = OpenAI(
    base_url=os.environ.get("O1_API_URL", "http://localhost:8080") + "/v1",
    api_key=os.environ["O1_API_TOKEN"],
)

# Not streamed
reply = client.chat.completions.create(
    model="thinker",
    messages=[{"role": "user", "content": "Is 91 a prime number?"}],
    reasoning_effort="low",
)
message = reply.choices[0].message
print("reasoning:", message.reasoning_content)
print("answer:", message.content)
print("usage:", reply.usage)

# Streamed
stream = client.chat.completions.create(
    model="thinker",
    messages=[{"role": "user", "content": "Is 91 a prime number?"}],
    stream=True,
    stream_options={"include_usage": True},
)
for chunk in stream:
    for choice in chunk.choices:
        print(getattr(choice.delta, "reasoning_content", None) or "", end="")
        print(choice.delta.content or "", end="")
    if chunk.usage:
        print("\nusage:", chunk.usage)


# Structured output
class Verdict(BaseModel):
    prime: bool
    smallest_factor: int


parsed = client.chat.completions.parse(
    model="thinker",
    messages=[{"role": "user", "content": "Is 91 a prime number?"}],
    response_format=Verdict,
)
print("parsed:", parsed.choices[0].message.parsed)

# A function call; the message goes back as it came, reasoning included
messages = [{"role": "user", "content": "What is the weather in Oslo?"}]
tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]
reply = client.chat.completions.create(model="thinker", messages=messages, tools=tools)
message = reply.choices[0].message
messages.append(message.model_dump(exclude_none=True))
for call in message.tool_calls or []:
    print("call:", call.function.name, call.function.arguments)
    messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps({"celsius": 7})})
if message.tool_calls:
    reply = client.chat.completions.create(model="thinker", messages=messages, tools=tools)
print("answer:", reply.choices[0].message.content)
