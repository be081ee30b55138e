package org.o1api.api.items;

import java.util.List;
import org.o1api.conversation.StoredTurn;

/** Lists the items of stored turns in their order, as the client of each turn has sent and got them. */
@FunctionalInterface
public interface ItemSource {
    List<ItemWriter.Item> items(StoredTurn turn);
}
