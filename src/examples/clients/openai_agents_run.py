"""OpenAI Agents SDK with the class for Chat Completions."""

import asyncio
import os

from agents import Agent, ModelSettings, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled
from openai import AsyncOpenAI
from openai.types.shared import Reasoning
from pydantic import BaseModel

set_tracing_disabled(True)
model = OpenAIChatCompletionsModel(
    model="thinker",
    openai_client=AsyncOpenAI(
        base_url=os.environ.get("O1_API_URL", "http://localhost:8080") + "/v1",
        api_key=os.environ["O1_API_TOKEN"],
    ),
)


class Verdict(BaseModel):
    prime: bool
    smallest_factor: int


@function_tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"{city}: 7 degrees"


async def main() -> None:
    settings = ModelSettings(reasoning=Reasoning(effort="low"), include_usage=True)
    agent = Agent(name="solver", model=model, model_settings=settings)
    result = await Runner.run(agent, "Is 91 a prime number?")
    for item in result.new_items:
        print(type(item).__name__, item.raw_item)
    print("usage:", result.context_wrapper.usage)

    streamed = Runner.run_streamed(agent, "Is 91 a prime number?")
    async for event in streamed.stream_events():
        if event.type == "raw_response_event" and event.data.type in (
            "response.reasoning_summary_text.delta",
            "response.output_text.delta",
        ):
            print(event.data.delta, end="")
    print("\nusage:", streamed.context_wrapper.usage)

    with_tool = Agent(name="weather", model=model, tools=[get_weather])
    print("answer:", (await Runner.run(with_tool, "What is the weather in Oslo?")).final_output)
    typed = Agent(name="typed", model=model, output_type=Verdict)
    print("parsed:", (await Runner.run(typed, "Is 91 a prime number?")).final_output)


asyncio.run(main())
