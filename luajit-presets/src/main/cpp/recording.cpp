/*
** Functions of the bridge that LuaJIT compiles into the traces which call them: the recorder asks here (see
** adapt-luajit.sh). What they compile to is a call of C, and a test that leaves the trace when the interpreter has to
** call the function instead.
*/
#include "parts.h"

#include <initializer_list>

extern "C" {
#include "lj_ffrecord.h"
#include "lj_ir.h"
#include "lj_iropt.h"
#include "lj_record.h"
#include "lj_snap.h"
}

#define emitir(ot, a, b) (lj_ir_set(J, (ot), (a), (b)), lj_opt_fold(J))

/* -- What compiled code calls ----------------------------------------------------------- */

/* Values come and go in the state's temporary place for one. These return 0 when nothing was done. */

static int32_t read_in_trace(Context* c, GCudata* object, GCstr* name) {
  int32_t id, number = known_accessor(c, object, name, &id);
  return number && read_field(c, id, number, &G(c->main)->tmptv);
}

static int32_t write_in_trace(Context* c, GCudata* object, GCstr* name, cTValue* value) {
  int32_t id, number = known_accessor(c, object, name, &id);
  return number && write_field(c, id, number, value);
}

static int32_t find_function_in_trace(Context* c, GCudata* object, GCstr* name) {
  cTValue* function = last_function(c, object, name);
  if (function) copyTV(c->main, &G(c->main)->tmptv, function);
  return function != nullptr;
}

/* -- Instructions ------------------------------------------------------------------------- */

static TRef constant(jit_State* J, void* pointer) { return lj_ir_kptr(J, pointer); }

static TRef argument(jit_State* J, TRef arguments, TRef next) {
  return emitir(IRT(IR_CARG, IRT_NIL), arguments, next);
}

/* Calls a function of C, and leaves the trace if that does not return 1. */
template <typename Function>
static void call(jit_State* J, Function* function, std::initializer_list<TRef> arguments) {
  TRef list = 0;
  for (TRef next : arguments) list = list ? argument(J, list, next) : next;
  TRef done = emitir(IRTI(IR_CALLXS), list, lj_ir_kintp(J, (uintptr_t)function));
  emitir(IRTGI(IR_EQ), done, lj_ir_kint(J, 1));
}

static TRef as_double(jit_State* J, TRef number) {
  return tref_isinteger(number) ? emitir(IRTN(IR_CONV), number, IRCONV_NUM_INT) : number;
}

static TRef temporary(jit_State* J, TRef value, int mode) {
  return emitir(IRT(IR_TMPREF, IRT_PGC), as_double(J, value), mode);
}

static void store(jit_State* J, void* address, IRType type, TRef value) {
  emitir(IRT(IR_XSTORE, type), constant(J, address), value);
}

static IRType type_of(cTValue* value) { return tvisnum(value) ? IRT_NUM : tvistrue(value) ? IRT_TRUE : IRT_FALSE; }

/* Adds one to the epoch, by an instruction that the optimizer knows to change it. Before what it is about: after that,
** nothing may lead out of the trace to where it begins. */
static void record_java(jit_State* J, Context* c) {
  RecordIndex ix;
  settabV(J->L, &ix.tabv, c->epoch);
  setintV(&ix.keyv, 1);
  ix.tab = lj_ir_ktab(J, c->epoch);
  ix.key = lj_ir_kint(J, 1);
  ix.val = 0;
  ix.idxchain = 0;
  TRef epoch = lj_record_idx(J, &ix);
  copyTV(J->L, &ix.valv, arrayslot(c->epoch, 1));
  ix.val = emitir(IRTN(IR_ADD), epoch, lj_ir_knum_one(J));
  lj_record_idx(J, &ix);
}

/* Lets what comes from now on be left to the instruction that is recorded. */
static void take_snapshot(jit_State* J) {
  J->needsnap = 0;
  lj_snap_add(J);
  J->mergesnap = 1;
}

/* What is used here will be known when it is used the next time. What comes after a call that traces were stitched at
** cannot be recorded again. */
static void retry(jit_State* J) {
  if (J->parent || !J->exitno) lj_trace_err(J, LJ_TRERR_RETRY);
}

/* -- Fields ------------------------------------------------------------------------------- */

/* A field that can be read without asking Java. */
static bool record_field(jit_State* J, Context* c, int32_t id, int32_t member) {
  if (!read_field(c, id, member, &c->recorded.value)) {
    if (hurry_field(c, id, member)) retry(J);
    return false;
  }
  c->recorded.id = id;
  c->recorded.member = member;
  TRef to = temporary(J, TREF_NIL, IRTMPREF_OUT1);
  call(J, read_in_trace, {constant(J, c), J->base[0], J->base[1]});
  J->base[0] = lj_record_vload(J, to, 0, type_of(&c->recorded.value));
  return true;
}

static bool record_use(jit_State* J, RecordFFData* data, Context* c, int32_t use, BCReg end);

static bool record_newindex(jit_State* J, RecordFFData* data, Context* c) {
  Box* box = box_in(c, udataV(&data->argv[0]));
  if (box && is_of_map(box->shape)) {
    if (J->maxslot < 3 || !record_use(J, data, c, BRIDGE_MEMBER_PUT, 3)) return false;
    data->nres = 0;
    return true;
  }
  int32_t id, number = known_accessor(c, udataV(&data->argv[0]), strV(&data->argv[1]), &id);
  if (!number || J->maxslot < 3) return false;
  if (!can_write_field(c, id, number, &data->argv[2])) {
    if (hurry_field(c, id, number)) retry(J);
    return false;
  }
  TRef value = temporary(J, J->base[2], IRTMPREF_IN1);
  record_java(J, c);
  call(J, write_in_trace, {constant(J, c), J->base[0], J->base[1], value});
  data->nres = 0;
  J->needsnap = 1; /* what comes after must not be left for what was before */
  return true;
}

/* -- Methods ------------------------------------------------------------------------------ */

/* Leaves the trace if the value is no Java object of that shape. */
static void guard_shape(jit_State* J, Context* c, TRef object, int32_t shape) {
  TRef metatable = emitir(IRT(IR_FLOAD, IRT_TAB), object, IRFL_UDATA_META);
  emitir(IRTG(IR_EQ, IRT_TAB), metatable, lj_ir_ktab(J, c->object_metatable));
  TRef address = emitir(IRT(IR_ADD, IRT_PTR), object, lj_ir_kintp(J, sizeof(GCudata) + offsetof(Box, shape)));
  emitir(IRTGI(IR_EQ), emitir(IRTI(IR_XLOAD), address, IRXLOAD_READONLY), lj_ir_kint(J, shape));
}

/* A function of one object that was made before. */
static bool record_function(jit_State* J, RecordFFData* data, Context* c) {
  if (!last_function(c, udataV(&data->argv[0]), strV(&data->argv[1]))) return false;
  TRef to = temporary(J, TREF_NIL, IRTMPREF_OUT1);
  call(J, find_function_in_trace, {constant(J, c), J->base[0], J->base[1]});
  J->base[0] = lj_record_vload(J, to, 0, IRT_FUNC);
  return true;
}

/* -- Calls --------------------------------------------------------------------------------- */

static bool can_pass(Context* c, TRef value, cTValue* actual) {
  return tref_isnumber(value) || tref_isstr(value) || tref_ispri(value) || (tref_isudata(value) && object_id(c, actual));
}

static void pass(jit_State* J, Slot* slot, TRef value) {
  uint64_t word;
  if (tref_isnumber(value)) {
    store(J, &slot->word, IRT_NUM, as_double(J, value));
    return;
  } else if (tref_ispri(value)) {
    word = tref_isnil(value) ? word_of(BRIDGE_TAG_NIL, 0) : word_of(BRIDGE_TAG_BOOLEAN, tref_istrue(value));
  } else {
    word = word_of(tref_isstr(value) ? BRIDGE_TAG_LONG_STRING : BRIDGE_TAG_OBJECT, 0);
    store(J, &slot->aux, IRT_U64, value);
  }
  store(J, &slot->word, IRT_U64, lj_ir_kint64(J, word));
}

/* Whether a trace can be left behind the call, for the code that is called by the other boolean: this takes a caller in it. */
static bool can_branch(jit_State* J) {
  cTValue* frame = J->L->base - 1;
  if (frame_iscont(frame)) return frame_contf(frame) == lj_cont_ra && J->framedepth > 1;
  return frame_islua(frame) && J->framedepth > 0;
}

/* Lets what comes from now on be left to behind the call, with false as its result; returns where the snapshot has that. */
static MSize take_snapshot_of_caller(jit_State* J) {
  lua_State* L = J->L;
  TValue *base = L->base, *top = L->top;
  const BCIns* pc = J->pc;
  cTValue* frame = base - 1;
  bool metamethod = frame_iscont(frame);
  J->pc = metamethod ? frame_contpc(frame) : frame_pc(frame);
  BCReg to = bc_a(J->pc[-1]), maxslot = J->maxslot, depth = metamethod ? 2 : 1;
  BCReg size = metamethod ? (BCReg)frame_delta(frame) : 1 + LJ_FR2 + to;
  J->base -= size;
  J->baseslot -= size;
  J->maxslot = metamethod ? size - (2 << LJ_FR2) : size - LJ_FR2;
  if (J->maxslot <= to) J->maxslot = to + 1;
  J->framedepth -= depth;
  L->top = base;
  L->base = base - size;
  TRef before = J->base[to];
  J->base[to] = TREF_FALSE;
  lj_snap_add(J);
  J->base[to] = before;
  const SnapShot* snap = &J->cur.snap[J->cur.nsnap - 1];
  MSize entry = snap->mapofs;
  while (snap_slot(J->cur.snapmap[entry]) != J->baseslot + to) entry++;
  J->base += size;
  J->baseslot += size;
  J->maxslot = maxslot;
  J->framedepth += depth;
  J->pc = pc;
  L->base = base;
  L->top = top;
  return entry;
}

/* Reads what lies at an address. */
static TRef load(jit_State* J, const void* address, IRType type) {
  return emitir(IRT(IR_XLOAD, type), constant(J, (void*)address), 0);
}

/* The result of a call, as C has left it. */
static TRef result(jit_State* J, const TraceResult* from, int32_t gives) {
  switch (gives) {
    case BRIDGE_GIVES_NUMBERS: return load(J, &from->number, IRT_NUM);
    case BRIDGE_GIVES_TEXTS: {
      TRef text = load(J, &from->text, IRT_PTR);
      return emitir(IRT(IR_XSNEW, IRT_STR), text, load(J, &from->length, IRT_INT));
    }
    case BRIDGE_GIVES_BOOLEANS: {
      /* The condition is turned round when Java has given the other boolean, see vm_set_recorded_condition. */
      TRef truth = load(J, &from->truth, IRT_INT);
      context_of(J->L)->recorded.entry = take_snapshot_of_caller(J);
      lj_ir_set(J, IRTGI(IR_NE), truth, lj_ir_kint(J, 0));
      J->postproc = LJ_POST_FIXGUARDSNAP;
      return TREF_TRUE;
    }
    default: return TREF_NIL;
  }
}

/* A call with the arguments from `first` on. */
struct Call {
  int32_t id, method;
  GCudata* object; /* NULL if it is the argument of that index, whichever that is */
  BCReg receiver;
  BCReg first;
  int32_t of, known; /* what tells what it gives: the object's id, and the method; or a site, and USE_OF_SITE */
};

/* A call of one object: a constant of the trace, which is alive as long as that and so keeps its id. A method may be given
** the object once more, which calls of the object itself begin with. */
static bool find_call(jit_State* J, RecordFFData* data, Context* c, cTValue* callee, Call* what) {
  if (!find_callee(c, callee, &what->method, &what->id)) return false;
  what->object = udataV(tvisudata(callee) ? callee : &funcV(callee)->c.upvalue[0]);
  what->receiver = 0;
  what->first = J->maxslot && tref_isudata(J->base[0]) && udataV(&data->argv[0]) == what->object;
  what->of = what->id;
  what->known = what->method;
  return !what->first || what->method || tvisudata(callee);
}

/* A call of an object that is an argument; id 0 if it is none. */
static Call call_of_argument(jit_State* J, RecordFFData* data, Context* c, int32_t method, BCReg receiver, BCReg first) {
  bool is_object = J->maxslot > receiver && tref_isudata(J->base[receiver]);
  int32_t id = is_object ? object_id(c, &data->argv[receiver]) : 0;
  return {id, method, nullptr, receiver, first, id, method};
}

/* What a call gives; 0 if that is not known, or not yet. */
static int32_t known_gift(jit_State* J, Context* c, Call* what) {
  int32_t gives = known_call(c, what->of, what->known);
  if (gives == BRIDGE_GIVES_ANY && what->known >= 0 && what->known != BRIDGE_MEMBER_ITEM) {
    int32_t site = find_site(c, J->L, use_of(what->id, what->method));
    if (site < 0) return 0;
    what->of = site;
    what->known = USE_OF_SITE;
    gives = known_call(c, site, USE_OF_SITE);
  }
  if (!gives) {
    if (hurry_call(c, what->of, what->known)) retry(J);
    return 0;
  }
  c->recorded.gives = gives;
  c->recorded.id = what->of;
  c->recorded.called = what->known;
  c->recorded.method = what->method;
  if (gives != BRIDGE_GIVES_ANY) return gives;
  if (may_look(c, what->of, what->known)) retry(J);
  return 0;
}

static bool emit_call(jit_State* J, RecordFFData* data, Context* c, Call* what) {
  int32_t id = what->id, method = what->method;
  int32_t gives = known_gift(J, c, what);
  if (!gives) return false;
  if (gives == BRIDGE_GIVES_BOOLEANS && !can_branch(J)) return false;
  BCReg first = what->first, end = J->maxslot, count = end - first;
  if (count > BRIDGE_CALL_MOST || id > BRIDGE_CALL_IDS || method >> (BRIDGE_CALL_COUNT - BRIDGE_CALL_MEMBER)) return false;
  for (BCReg i = first; i < end; i++)
    if (!can_pass(c, J->base[i], &data->argv[i])) return false;

  if (what->object) {
    TRef object = lj_ir_kgc(J, obj2gco(what->object), IRT_UDATA);
    if (first) emitir(IRTG(IR_EQ, IRT_UDATA), J->base[0], object);
  } else {
    guard_shape(J, c, J->base[what->receiver], ((const Box*)uddata(udataV(&data->argv[what->receiver])))->shape);
  }
  take_snapshot(J);
  for (BCReg i = first; i < end; i++) pass(J, &c->shared->slots[i - first], J->base[i]);
  if (!what->object) store(J, &c->trace_receiver, IRT_U64, J->base[what->receiver]);
  record_java(J, c);
  bool in_place = gives == BRIDGE_GIVES_STRINGS || gives == BRIDGE_GIVES_OBJECTS;
  TRef to = in_place ? temporary(J, TREF_NIL, IRTMPREF_OUT1) : 0; /* before the call */
  uint64_t word = word_of(BRIDGE_TAG_OBJECT, (uint64_t)gives << BRIDGE_CALL_GIVES |
          (uint64_t)count << BRIDGE_CALL_COUNT |
          (uint64_t)(uint32_t)method << BRIDGE_CALL_MEMBER | (what->object ? (uint32_t)id : 0));
  call(J, bridge_call_in_trace, {constant(J, &c->fiber), lj_ir_kint64(J, word)});
  IRType type = gives == BRIDGE_GIVES_STRINGS ? IRT_STR : IRT_UDATA;
  J->base[0] = to ? lj_record_vload(J, to, 0, type) : result(J, &c->trace_result, gives);
  J->needsnap = 1;
  return true;
}

static bool record_call(jit_State* J, RecordFFData* data, Context* c, Call* what) {
  if (!what->id || what->method < 0 || hook_active(G(J->L))) return false;
  if (!c->fiber.runs) {
    c->compiled_too_early |= !c->has_run_on_fiber;
    return false;
  }
  if (emit_call(J, data, c, what)) return true;
  if (c->recorded.gives != BRIDGE_GIVES_ANY) c->recorded.gives = 0;
  return false;
}

/* -- Members --------------------------------------------------------------------------------- */

/* A use of a map: what it depends on is known of this place in the code. */
static bool record_use(jit_State* J, RecordFFData* data, Context* c, int32_t use, BCReg end) {
  Call what = call_of_argument(J, data, c, use, 0, 1);
  what.of = find_site(c, J->L, use);
  what.known = USE_OF_SITE;
  J->maxslot = end;
  return what.of >= 0 && record_call(J, data, c, &what);
}

/* What a map has for a key; or a method that it does not have a key for. */
static bool record_key(jit_State* J, RecordFFData* data, Context* c, int32_t shape) {
  const GCstr* name = strV(&data->argv[1]);
  cTValue* known = method_of_map(J->L, c, shape, name);
  if (!known) return record_use(J, data, c, BRIDGE_MEMBER_KEY, 2);
  emitir(IRTG(IR_EQ, IRT_STR), J->base[1], lj_ir_kstr(J, name));
  if (!record_use(J, data, c, BRIDGE_MEMBER_NO_KEY, 2)) return false;
  J->base[0] = lj_ir_kfunc(J, funcV(known));
  return true;
}

static bool record_index(jit_State* J, RecordFFData* data, Context* c) {
  const GCstr* name = strV(&data->argv[1]);
  Box* box = box_in(c, udataV(&data->argv[0]));
  if (box && is_of_map(box->shape)) return record_key(J, data, c, box->shape);
  cTValue* known = box ? member_of_shape(c, box->shape, name) : nullptr;
  if (!known || tvisnil(known)) return false;
  int32_t accessor = accessor_in(known);
  if (accessor && is_field(c, accessor)) return record_field(J, c, box->id, accessor);
  if (!accessor && !vm_is_method_call(J->L)) return record_function(J, data, c);
  emitir(IRTG(IR_EQ, IRT_STR), J->base[1], lj_ir_kstr(J, name));
  if (accessor) {
    Call getter = call_of_argument(J, data, c, accessor, 0, J->maxslot);
    return record_call(J, data, c, &getter);
  }
  guard_shape(J, c, J->base[0], box->shape);
  J->base[0] = lj_ir_kfunc(J, funcV(known));
  return true;
}

static bool record_item(jit_State* J, RecordFFData* data, Context* c) {
  Call what = call_of_argument(J, data, c, BRIDGE_MEMBER_ITEM, 0, 1);
  if (!what.id || !has_items(c, ((const Box*)uddata(udataV(&data->argv[0])))->shape)) return false;
  J->maxslot = 2;
  return record_call(J, data, c, &what);
}

static bool record_step(jit_State* J, RecordFFData* data, Context* c) {
  Call what = call_of_argument(J, data, c, BRIDGE_MEMBER_STEP, 1, 2);
  what.of = what.id && tref_isudata(J->base[0]) ? object_id(c, &data->argv[0]) : 0;
  what.known = BRIDGE_MEMBER_ITEM;
  return what.of && record_call(J, data, c, &what);
}

extern "C" __attribute__((visibility("hidden"))) int bridge_record(jit_State* J, RecordFFData* data) {
  Context* c = context_of(J->L);
  if (!c) return 0;
  lua_CFunction function = J->fn->c.f;
  Call what;
  if (function == call_shared) {
    what = call_of_argument(J, data, c, method_of_shared(J->fn), 0, 1);
    return is_shared_by(J->fn, c, data->argv) && record_call(J, data, c, &what);
  }
  if (function == step_walk) return record_step(J, data, c);
  if (function == call_method || function == call_upvalue) {
    TValue callee;
    setfuncV(J->L, &callee, J->fn);
    return find_call(J, data, c, &callee, &what) && record_call(J, data, c, &what);
  }
  if (!J->maxslot || !tref_isudata(J->base[0])) return 0;
  if (function == call_self) return find_call(J, data, c, &data->argv[0], &what) && record_call(J, data, c, &what);
  if (J->maxslot < 2) return 0;
  if (function == index_object && tref_isnumber(J->base[1])) return record_item(J, data, c);
  if (!tref_isstr(J->base[1])) return 0;
  if (function == index_object) return record_index(J, data, c);
  return function == newindex_object && record_newindex(J, data, c);
}
