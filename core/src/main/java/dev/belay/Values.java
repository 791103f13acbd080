package dev.belay;

import org.jspecify.annotations.Nullable;

/**
 * The values of a context: an immutable open-addressed table, keys at even slots, by identity. A
 * table is copied on write while it is small; a full one is kept as {@link #older} below a new one,
 * so that no chain of values costs more than its length.
 */
final class Values {
  static final Values NONE = new Values(new @Nullable Object[4], 0, null);

  private static final int FULL = 64;

  private final @Nullable Object[] table;
  private final int size;
  private final @Nullable Values older;

  private Values(@Nullable Object[] table, int size, @Nullable Values older) {
    this.table = table;
    this.size = size;
    this.older = older;
  }

  @SuppressWarnings("ReferenceEquality") // keys are compared by identity (R15)
  @Nullable Object get(ContextKey<?> key) {
    for (Values values = this; values != null; values = values.older) {
      @Nullable Object[] slots = values.table;
      int mask = slots.length - 1;
      for (int i = first(key, slots.length); ; i = (i + 2) & mask) {
        Object found = slots[i];
        if (found == key) {
          return slots[i + 1];
        }
        if (found == null) {
          break;
        }
      }
    }
    return null;
  }

  Values with(ContextKey<?> key, Object value) {
    int slot = slot(table, key);
    if (table[slot] != null) {
      @Nullable Object[] copy = table.clone();
      copy[slot + 1] = value;
      return new Values(copy, size, older);
    }
    if (size == FULL) {
      @Nullable Object[] fresh = new @Nullable Object[4];
      put(fresh, key, value);
      return new Values(fresh, 1, this);
    }
    @Nullable Object[] copy = (size + 1) * 4 > table.length ? grown() : table.clone();
    put(copy, key, value);
    return new Values(copy, size + 1, older);
  }

  private @Nullable Object[] grown() {
    @Nullable Object[] grown = new @Nullable Object[table.length * 2];
    for (int i = 0; i < table.length; i += 2) {
      if (table[i] instanceof ContextKey<?> key) {
        put(grown, key, table[i + 1]);
      }
    }
    return grown;
  }

  private static void put(@Nullable Object[] slots, ContextKey<?> key, @Nullable Object value) {
    int slot = slot(slots, key);
    slots[slot] = key;
    slots[slot + 1] = value;
  }

  @SuppressWarnings("ReferenceEquality") // keys are compared by identity (R15)
  private static int slot(@Nullable Object[] slots, ContextKey<?> key) {
    int i = first(key, slots.length);
    while (slots[i] != null && slots[i] != key) {
      i = (i + 2) & (slots.length - 1);
    }
    return i;
  }

  private static int first(ContextKey<?> key, int length) {
    // The hash is multiplicative: its high bits are the spread ones.
    return (key.hash >>> (Integer.numberOfLeadingZeros(length) + 2)) << 1;
  }
}
