"""pydantic-ai: chat, a stream, a tool, structured output."""

import asyncio
import os

from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta, ThinkingPart, ThinkingPartDelta
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIChatModelSettings
from pydantic_ai.providers.openai import OpenAIProvider

model = OpenAIChatModel(
    "thinker",
    provider=OpenAIProvider(
        base_url=os.environ.get("O1_API_URL", "http://localhost:8080") + "/v1",
        api_key=os.environ["O1_API_TOKEN"],
    ),
)


class Verdict(BaseModel):
    prime: bool
    smallest_factor: int


async def main() -> None:
    agent = Agent(model, model_settings=OpenAIChatModelSettings(openai_reasoning_effort="low"))
    result = await agent.run("Is 91 a prime number?")
    for part in result.new_messages()[-1].parts:
        print(type(part).__name__, getattr(part, "content", part))
    print("usage:", result.usage)

    async with agent.iter("Is 91 a prime number?") as run:
        async for node in run:
            if Agent.is_model_request_node(node):
                async with node.stream(run.ctx) as events:
                    async for event in events:
                        if isinstance(event, PartStartEvent) and isinstance(event.part, (TextPart, ThinkingPart)):
                            print(event.part.content, end="")
                        if isinstance(event, PartDeltaEvent) and isinstance(event.delta, (TextPartDelta, ThinkingPartDelta)):
                            print(event.delta.content_delta, end="")
    print()

    with_tool = Agent(model)

    @with_tool.tool_plain
    def get_weather(city: str) -> str:
        """The weather of a city."""
        return f"{city}: 7 degrees"

    print("answer:", (await with_tool.run("What is the weather in Oslo?")).output)
    print("parsed:", (await Agent(model, output_type=Verdict).run("Is 91 a prime number?")).output)


asyncio.run(main())
