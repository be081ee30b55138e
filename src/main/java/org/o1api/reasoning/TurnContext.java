package org.o1api.reasoning;

/**
 * What a strategy gets for one turn.
 *
 * @param prompt what the caller asks
 * @param preset the settings that do not belong to the strategy: model, history
 * @param calls makes the calls
 * @param log gets everything that the client can see, except {@link org.o1api.model.TurnEvent.Completed}
 */
public record TurnContext(Prompt prompt, Preset preset, ModelCalls calls, TurnLog log) {}
