/*
** Functions of the bridge that LuaJIT compiles into the traces which call them: the recorder asks here (see
** adapt-luajit.sh). What they compile to is a call of C, and a test that leaves the trace when the interpreter has to
** call the function instead.
*/
#include "context.h"

#include <initializer_list>

extern "C" {
#include "lj_ffrecord.h"
#include "lj_ir.h"
#include "lj_iropt.h"
#include "lj_record.h"
}

#define emitir(ot, a, b) (lj_ir_set(J, (ot), (a), (b)), lj_opt_fold(J))

/* -- What compiled code calls ----------------------------------------------------------- */

/* Values come and go in the state's temporary place for one. These return 0 when nothing was done. */

static int32_t read_in_trace(Context* c, GCudata* object, GCstr* name) {
  int32_t id, number = known_member(c, object, name, &id);
  return number < 0 && read_field(c, id, -number, &G(c->main)->tmptv);
}

static int32_t write_in_trace(Context* c, GCudata* object, GCstr* name, cTValue* value) {
  int32_t id, number = known_member(c, object, name, &id);
  return number < 0 && write_field(c, id, -number, value);
}

/* -- Recording --------------------------------------------------------------------------- */

static TRef constant(jit_State* J, void* pointer) { return lj_ir_kptr(J, pointer); }

static TRef argument(jit_State* J, TRef arguments, TRef next) {
  return emitir(IRT(IR_CARG, IRT_NIL), arguments, next);
}

/* Calls a function of these, with the context before its arguments, and leaves the trace if that returns 0. */
template <typename Function>
static void call(jit_State* J, Context* c, Function* function, std::initializer_list<TRef> arguments) {
  TRef list = constant(J, c);
  for (TRef next : arguments) list = argument(J, list, next);
  TRef done = emitir(IRTI(IR_CALLXS), list, lj_ir_kintp(J, (uintptr_t)function));
  emitir(IRTGI(IR_NE), done, lj_ir_kint(J, 0));
}

static TRef temporary(jit_State* J, TRef value, int mode) {
  if (tref_isinteger(value)) value = emitir(IRTN(IR_CONV), value, IRCONV_NUM_INT);
  return emitir(IRT(IR_TMPREF, IRT_PGC), value, mode);
}

static IRType type_of(cTValue* value) { return tvisnum(value) ? IRT_NUM : tvistrue(value) ? IRT_TRUE : IRT_FALSE; }

/* Adds one to the epoch, by an instruction that the optimizer knows to change it. */
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

static bool record_index(jit_State* J, RecordFFData* data, Context* c) {
  TValue value;
  int32_t id, number = known_member(c, udataV(&data->argv[0]), strV(&data->argv[1]), &id);
  if (number >= 0 || !read_field(c, id, -number, &value)) return false;
  TRef to = temporary(J, TREF_NIL, IRTMPREF_OUT1);
  call(J, c, read_in_trace, {J->base[0], J->base[1]});
  J->base[0] = lj_record_vload(J, to, 0, type_of(&value));
  return true;
}

static bool record_newindex(jit_State* J, RecordFFData* data, Context* c) {
  int32_t id, number = known_member(c, udataV(&data->argv[0]), strV(&data->argv[1]), &id);
  if (number >= 0 || J->maxslot < 3 || !can_write_field(c, id, -number, &data->argv[2])) return false;
  TRef value = temporary(J, J->base[2], IRTMPREF_IN1);
  call(J, c, write_in_trace, {J->base[0], J->base[1], value});
  record_java(J, c);
  data->nres = 0;
  J->needsnap = 1; /* what comes after must not be left for what was before */
  return true;
}

extern "C" __attribute__((visibility("hidden"))) int bridge_record(jit_State* J, RecordFFData* data) {
  Context* c = context_of(J->L);
  if (!c || J->maxslot < 2 || !tref_isudata(J->base[0]) || !tref_isstr(J->base[1])) return 0;
  lua_CFunction function = J->fn->c.f;
  if (function == index_object) return record_index(J, data, c);
  return function == newindex_object && record_newindex(J, data, c);
}
