"""OpenRouter's client for Python."""

import os

from openrouter import OpenRouter

with OpenRouter(
    server_url=os.environ.get("O1_API_URL", "http://localhost:8080") + "/v1",
    api_key=os.environ["O1_API_TOKEN"],
) as client:
    reply = client.chat.send(
        model="thinker",
        messages=[{"role": "user", "content": "Is 91 a prime number?"}],
        reasoning={"effort": "low"},
    )
    print("reasoning:", reply.choices[0].message.reasoning)
    print("answer:", reply.choices[0].message.content)
    print("usage:", reply.usage)

    with client.chat.send(
        model="thinker",
        messages=[{"role": "user", "content": "Is 91 a prime number?"}],
        reasoning={"effort": "low"},
        stream=True,
        stream_options={"include_usage": True},
    ) as stream:
        for chunk in stream:
            for choice in chunk.choices:
                print(choice.delta.reasoning or "", end="")
                print(choice.delta.content or "", end="")
            if chunk.usage:
                print("\nusage:", chunk.usage)
