/*
** Fields of Java objects that scripts use again and again, read and written without asking Java. JNI reads a field in less
** time than it takes to enter Java, and enters the JVM for a moment to write one; either way no Java code runs.
**
** Java says what it knows of a field when an object's fields have been used often. The object is held weakly here: Java
** holds it as long as Lua does, and engines that are dropped with all their objects can go.
*/
#include "parts.h"

enum { MOST_KNOWN = 4096 }; /* objects, as the JVM's collector looks at each of them */

/* By the number of the member. */
struct Field {
  jfieldID id; /* NULL if it is not known yet */
  uint8_t type;
  bool fit; /* it can be known */
};

struct Access {
  JNIEnv* env;
  jobject object;
  jfieldID id;
  int32_t type;
  jvalue value;
};

static Field* field_of(const Context* c, int32_t member) {
  return (size_t)member < c->fields.size / sizeof(Field) ? (Field*)c->fields.data + member : nullptr;
}

/* -- Knowing ------------------------------------------------------------------------ */

/* When memory is short Java is merely asked further on. */
void note_field(Context* c, int32_t member) {
  if (c->fields.extend(((size_t)member + 1) * sizeof(Field))) field_of(c, member)->fit = true;
}

bool is_field(const Context* c, int32_t member) {
  const Field* field = field_of(c, member);
  return field && field->fit;
}

/* Whether Java can tell more of a field of the object than is known. */
static bool can_know(Context* c, const HostEntry* entry, const Field* field) {
  if (LJ_LIKELY(!field || !field->fit || c->calls_by_jni)) return false;
  return entry->object ? !field->id : c->known_objects < MOST_KNOWN;
}

int32_t count_use(Context* c, int32_t id, int32_t member) {
  HostEntry* entry = &c->entries[id];
  return LJ_UNLIKELY(can_know(c, entry, field_of(c, member))) ? count(c, &entry->uses) : 0;
}

bool hurry_field(Context* c, int32_t id, int32_t member) {
  HostEntry* entry = &c->entries[id];
  return can_know(c, entry, field_of(c, member)) && hurry(c, &entry->uses);
}

void bridge_know_field(
    JNIEnv* env, jclass, int64_t context, int32_t id, jobject object, int32_t member, jobject field, int32_t type) {
  Context* c = (Context*)(intptr_t)context;
  Field* known = field_of(c, member);
  if (!known) return;
  if (!known->id) {
    known->type = (uint8_t)type;
    known->id = env->FromReflectedField(field);
  }
  HostEntry* entry = &c->entries[id];
  if (entry->object) return;
  entry->object = env->NewWeakGlobalRef(object);
  if (entry->object)
    c->known_objects++;
  else
    env->ExceptionClear(); /* no memory */
}

void forget_object(Context* c, JNIEnv* env, int32_t id) {
  HostEntry* entry = &c->entries[id];
  entry->uses = 0;
  entry->called = entry->items = {};
  if (!entry->object) return;
  env->DeleteWeakGlobalRef(entry->object);
  entry->object = nullptr;
  c->known_objects--;
}

void forget_all_objects(Context* c, JNIEnv* env) {
  for (int32_t id = 1; id < c->entry_count; id++) forget_object(c, env, id);
}

void bridge_set_often(int64_t context, int32_t uses) { ((Context*)(intptr_t)context)->often = uses; }

/* -- Using --------------------------------------------------------------------------- */

static LJ_AINLINE bool find(Context* c, int32_t id, int32_t member, Access* access) {
  const Field* field = field_of(c, member);
  if (LJ_UNLIKELY(!field || !field->id) || LJ_UNLIKELY(!c->env || c->calls_by_jni)) return false;
  access->env = c->env;
  access->object = c->entries[id].object;
  access->id = field->id;
  access->type = field->type;
  return access->object != nullptr;
}

static void get(void* data) {
  Access* a = (Access*)data;
  switch (a->type & ~BRIDGE_FIELD_FINAL) {
    case BRIDGE_FIELD_INT: a->value.i = a->env->GetIntField(a->object, a->id); break;
    case BRIDGE_FIELD_LONG: a->value.j = a->env->GetLongField(a->object, a->id); break;
    case BRIDGE_FIELD_FLOAT: a->value.f = a->env->GetFloatField(a->object, a->id); break;
    case BRIDGE_FIELD_DOUBLE: a->value.d = a->env->GetDoubleField(a->object, a->id); break;
    default: a->value.z = a->env->GetBooleanField(a->object, a->id); break;
  }
}

static void set(void* data) {
  Access* a = (Access*)data;
  switch (a->type) {
    case BRIDGE_FIELD_INT: a->env->SetIntField(a->object, a->id, a->value.i); break;
    case BRIDGE_FIELD_LONG: a->env->SetLongField(a->object, a->id, a->value.j); break;
    case BRIDGE_FIELD_FLOAT: a->env->SetFloatField(a->object, a->id, a->value.f); break;
    case BRIDGE_FIELD_DOUBLE: a->env->SetDoubleField(a->object, a->id, a->value.d); break;
    default: a->env->SetBooleanField(a->object, a->id, a->value.z); break;
  }
}

/* -- Values --------------------------------------------------------------------------- */

static const jlong MOST_EXACT = 1ll << 53;

bool read_field(Context* c, int32_t id, int32_t member, TValue* to) {
  Access a;
  if (!find(c, id, member, &a)) return false;
  call_outside(c, get, &a);
  lua_Number number;
  switch (a.type & ~BRIDGE_FIELD_FINAL) {
    case BRIDGE_FIELD_INT: number = a.value.i; break;
    case BRIDGE_FIELD_LONG:
      if (LJ_UNLIKELY(a.value.j > MOST_EXACT || a.value.j < -MOST_EXACT)) return false;
      number = (lua_Number)a.value.j;
      break;
    case BRIDGE_FIELD_FLOAT: number = a.value.f; break;
    case BRIDGE_FIELD_DOUBLE: number = a.value.d; break;
    default: setboolV(to, a.value.z); return true;
  }
  setnumV(to, number);
  if (LJ_UNLIKELY(number != number)) setnanV(to); /* others would be values of another type */
  return true;
}

/* The value as one of the field's type, if it is that already; what needs a conversion is Java's. */
static LJ_AINLINE bool convert(cTValue* value, Access* a) {
  if (a->type == BRIDGE_FIELD_BOOLEAN) {
    if (!tvisbool(value)) return false;
    a->value.z = tvistrue(value);
    return true;
  }
  if (!tvisnum(value)) return false;
  lua_Number number = numV(value);
  TValue back;
  switch (a->type) {
    case BRIDGE_FIELD_INT:
      if (!(number >= INT32_MIN && number <= INT32_MAX)) return false;
      a->value.i = (jint)number;
      setnumV(&back, (lua_Number)a->value.i);
      return back.u64 == value->u64; /* -0 is none */
    case BRIDGE_FIELD_LONG:
      if (!(number >= (lua_Number)-MOST_EXACT && number <= (lua_Number)MOST_EXACT)) return false;
      a->value.j = (jlong)number;
      setnumV(&back, (lua_Number)a->value.j);
      return back.u64 == value->u64;
    case BRIDGE_FIELD_FLOAT:
      a->value.f = (jfloat)number;
      return number - number != 0 || a->value.f - a->value.f == 0; /* none becomes infinite */
    case BRIDGE_FIELD_DOUBLE: a->value.d = number; return true;
    default: return false;
  }
}

bool can_write_field(Context* c, int32_t id, int32_t member, cTValue* value) {
  Access a;
  return find(c, id, member, &a) && convert(value, &a);
}

bool write_field(Context* c, int32_t id, int32_t member, cTValue* value) {
  Access a;
  if (!find(c, id, member, &a) || !convert(value, &a)) return false;
  call_outside(c, set, &a);
  return true;
}
