package io.github.lupa4j;

import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records by their components. */
final class Records {
    private Records() {}

    /** The components by name, in order. */
    static Map<String, @Nullable Object> toMap(Record values) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (RecordComponent component : values.getClass().getRecordComponents()) {
            map.put(component.getName(), read(component.getAccessor(), values));
        }
        return map;
    }

    private static @Nullable Object read(Method accessor, Record values) {
        try {
            accessor.setAccessible(true);
            return accessor.invoke(values);
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            throw new IllegalArgumentException(
                    "the components of " + values.getClass().getTypeName()
                            + " cannot be read; open its package to io.github.lupa4j",
                    e);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause();
            if (thrown instanceof RuntimeException failure) {
                throw failure;
            }
            if (thrown instanceof Error error) {
                throw error;
            }
            throw new UndeclaredThrowableException(thrown);
        }
    }
}
