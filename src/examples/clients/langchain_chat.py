"""LangChain for Python. ChatDeepSeek shows the reasoning, ChatOpenAI drops it."""

import os

from langchain.agents import create_agent
from langchain_deepseek import ChatDeepSeek
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

URL = os.environ.get("O1_API_URL", "http://localhost:8080") + "/v1"
KEY = os.environ["O1_API_TOKEN"]


class Verdict(BaseModel):
    """Whether a number is prime."""

    prime: bool
    smallest_factor: int


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"{city}: 7 degrees"


for model in (
    ChatDeepSeek(model="thinker", api_base=URL, api_key=KEY, reasoning_effort="low", stream_usage=True),
    ChatOpenAI(model="thinker", base_url=URL, api_key=KEY, reasoning_effort="low", stream_usage=True, use_responses_api=False),
):
    print("==", type(model).__name__)
    reply = model.invoke("Is 91 a prime number?")
    print("reasoning:", reply.additional_kwargs.get("reasoning_content"))
    print("answer:", reply.content)
    print("usage:", reply.usage_metadata)

    for chunk in model.stream("Is 91 a prime number?"):
        print(chunk.additional_kwargs.get("reasoning_content", ""), end="")
        print(chunk.content, end="")
        if chunk.usage_metadata:
            print("\nusage:", chunk.usage_metadata)

    structured = model.with_structured_output(Verdict, method="function_calling" if isinstance(model, ChatDeepSeek) else "json_schema")
    print("parsed:", structured.invoke("Is 91 a prime number?"))

    agent = create_agent(model, tools=[get_weather])
    turn = agent.invoke({"messages": [("user", "What is the weather in Oslo?")]})
    for message in turn["messages"]:
        print(type(message).__name__, repr(message.content), getattr(message, "tool_calls", ""))
