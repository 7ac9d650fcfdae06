package io.github.lupa4j.interop;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Members by class, tied to the life of whichever ends first: the class, or this library. Members refer to both. So
 * what belongs to a class that outlives the library, as those of Java do, is held here, and the rest by the classes
 * themselves. Thread-safe.
 */
final class MembersCache {
    /** The class loaders that live at least as long as ours. */
    private static final Set<@Nullable ClassLoader> ELDERS = new HashSet<>();

    static {
        ClassLoader loader = MembersCache.class.getClassLoader();
        while (loader != null) {
            ELDERS.add(loader);
            loader = loader.getParent();
        }
        ELDERS.add(ClassLoader.getPlatformClassLoader());
        ELDERS.add(null);
    }

    private final Map<Class<?>, Members> ofElders = new ConcurrentHashMap<>();
    private final ClassValue<Members> ofOthers;
    private final Access access;
    private final boolean statics;

    /** @param statics whether it has the members of classes themselves, not those of their instances */
    MembersCache(Access access, boolean statics) {
        this.access = access;
        this.statics = statics;
        ofOthers = new ClassValue<>() {
            @Override
            protected Members computeValue(Class<?> type) {
                return Members.build(type, statics, access);
            }
        };
    }

    Members get(Class<?> type) {
        Members known = ofElders.get(type);
        return known != null ? known : find(type);
    }

    private Members find(Class<?> type) {
        // A hidden class can go before its class loader does.
        boolean outlives = !type.isHidden() && isElder(type.getClassLoader());
        return outlives ? ofElders.computeIfAbsent(type, t -> Members.build(t, statics, access)) : ofOthers.get(type);
    }

    static boolean isElder(@Nullable ClassLoader loader) {
        return ELDERS.contains(loader);
    }
}
