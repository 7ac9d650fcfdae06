package io.github.lupa4j.script;

import io.github.lupa4j.LuaChunk;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chunks that an engine compiled last, by text and name. */
final class ChunkCache {
    private static final int MOST_CHUNKS = 256;
    private static final int MOST_CHARACTERS = 1 << 20;

    /** Not a record: the first use of a record's equals costs a fresh JVM tens of milliseconds. */
    private static final class Key {
        private final String text;
        private final String name;

        Key(String text, String name) {
            this.text = text;
            this.name = name;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && text.equals(key.text) && name.equals(key.name);
        }

        @Override
        public int hashCode() {
            return text.hashCode() * 31 + name.hashCode();
        }
    }

    private final Map<Key, LuaChunk> chunks = new LinkedHashMap<>(64, 0.75f, true);
    private int characters;

    @Nullable
    LuaChunk get(String text, String name) {
        return chunks.get(new Key(text, name));
    }

    void put(String text, String name, LuaChunk chunk) {
        if (text.length() > MOST_CHARACTERS / 4) {
            return;
        }
        chunks.put(new Key(text, name), chunk);
        characters += text.length();
        Iterator<Map.Entry<Key, LuaChunk>> oldest = chunks.entrySet().iterator();
        while (chunks.size() > MOST_CHUNKS || characters > MOST_CHARACTERS) {
            Map.Entry<Key, LuaChunk> entry = oldest.next();
            characters -= entry.getKey().text.length();
            entry.getValue().close();
            oldest.remove();
        }
    }
}
