/*
** What the bridge sees in compiled Lua functions, and changes there.
*/
#ifndef LUPA4J_BYTECODE_H
#define LUPA4J_BYTECODE_H

#include "internals.h"

static inline bool vm_is_tail_call(BCOp op) { return op == BC_CALLT || op == BC_CALLMT; }

/* Whether the running C function is __index of `object:name(...)`, so that what it gives is called with the object at once.
** Nothing else copies the object to a register above the one that the member goes to, and the parser has no local
** variable in a register that it calls: what comes next of that register must be the call. */
static inline bool vm_is_method_call(lua_State* L) {
  cTValue* frame = L->base - 1;
  if (!frame_iscont(frame) || frame_contf(frame) != lj_cont_ra) return false;
  const BCIns* pc = frame_contpc(frame);
  BCIns get = pc[-1], move = pc[-2];
  BCReg function = bc_a(get);
  if (bc_op(get) != BC_TGETS || bc_op(move) != BC_MOV) return false;
  if (bc_a(move) != function + 1 + LJ_FR2 || bc_d(move) != bc_b(get)) return false;
  for (;; pc++) {
    BCOp op = bc_op(*pc);
    if (vm_is_tail_call(op)) return bc_a(*pc) == function;
    if (op == BC_CALL || op == BC_CALLM) {
      if (bc_a(*pc) <= function) return bc_a(*pc) == function;
    } else if (op >= BC_RETM && op != BC_JMP) {
      return false; /* returns and loops: a function ends with one, as the compiler has left it, or with a tail call */
    } else if (bcmode_a(op) == BCMdst ? bc_a(*pc) == function : bcmode_a(op) == BCMbase && bc_a(*pc) <= function) {
      return false;
    }
  }
}

/* A new instance of a function without upvalues, as chunks are, with other globals. */
static inline void vm_push_instance(lua_State* L, GCproto* proto, GCtab* globals) {
  GCfunc* instance = lj_func_newL_empty(L, proto, globals);
  setfuncV(L, L->top, instance);
  L->top++;
}

/* The position of a function among those that another one defines, or BRIDGE_REST_NONE. */
static inline int32_t vm_child_number(GCproto* parent, GCproto* child) {
  for (MSize i = 0; i < parent->sizekgc; i++)
    if (proto_kgc(parent, (ptrdiff_t)i - (ptrdiff_t)parent->sizekgc) == obj2gco(child)) return (int32_t)i;
  return BRIDGE_REST_NONE;
}

/* The function at such a position. */
static inline GCproto* vm_child(GCproto* parent, int32_t number) {
  return gco2pt(proto_kgc(parent, (ptrdiff_t)number - (ptrdiff_t)parent->sizekgc));
}

/* -- Global variables -------------------------------------------------------------- */

/* Where code ends that a chunk goes through once at most: `whole` is all of it before the first loop, `opening` the part in
** which nothing else runs but metamethods of what the global variables hold. */
struct OnceEnds {
  const BCIns *opening, *whole;
};

static inline struct OnceEnds vm_once_ends(GCproto* proto) {
  const BCIns* last = proto_bc(proto) + proto->sizebc;
  struct OnceEnds ends = {last, last};
  for (const BCIns* pc = proto_bc(proto) + 1; pc < last; pc++) {
    BCOp op = bc_op(*pc);
    const BCIns *to = last, *target = op == BC_JMP ? pc + 1 + bc_j(*pc) : last;
    if (target <= pc)
      to = target;
    else if (target < last && (bc_op(*target) == BC_ITERC || bc_op(*target) == BC_ITERN))
      to = pc;
    else if (op == BC_ISNEXT || (op > BC_RET1 && op != BC_JMP))
      to = pc;
    if (to < ends.whole) ends.whole = to;
    if (op >= BC_CALLM && op < BC_RETM && pc < ends.opening) ends.opening = pc;
  }
  if (ends.whole < ends.opening) ends.opening = ends.whole;
  return ends;
}

/* Whether a chunk and the functions in it can do nothing again and again: there are no loops, and no calls in functions. */
static inline bool vm_is_straight(GCproto* proto, bool is_chunk) {
  const BCIns* last = proto_bc(proto) + proto->sizebc;
  for (const BCIns* pc = proto_bc(proto) + 1; pc < last; pc++) {
    BCOp op = bc_op(*pc);
    bool again = op > BC_RET1 || (!is_chunk && op >= BC_CALLM && op < BC_RETM);
    if (op == BC_JMP ? bc_j(*pc) < 0 : again) return false;
  }
  for (ptrdiff_t i = -(ptrdiff_t)proto->sizekgc; i < 0; i++) {
    GCobj* constant = proto_kgc(proto, i);
    if (constant->gch.gct == ~LJ_TPROTO && !vm_is_straight(gco2pt(constant), false)) return false;
  }
  return true;
}

static inline bool vm_is_ascii(GCstr* s) {
  for (MSize i = 0; i < s->len; i++)
    if ((unsigned char)strdata(s)[i] > 127) return false;
  return true;
}

/* Adds the names of the globals that a function and those in it use to a table on top of the stack, which has room for a few
** more. The value is what bridge_global_names gives; `inner` is how the functions in it read them. */
static inline void vm_collect_globals(lua_State* L, GCproto* proto, struct OnceEnds ends, int32_t inner) {
  const BCIns* last = proto_bc(proto) + proto->sizebc;
  for (const BCIns* pc = proto_bc(proto) + 1; pc < last; pc++) {
    if (bc_op(*pc) == BC_GGET || bc_op(*pc) == BC_GSET) {
      GCstr* name = gco2str(proto_kgc(proto, ~(ptrdiff_t)bc_d(*pc)));
      if (!vm_is_ascii(name)) continue;
      TValue* uses = lj_tab_setstr(L, tabV(L->top - 1), name);
      int32_t reads = pc < ends.opening ? BRIDGE_READS_IN_OPENING : pc < ends.whole ? BRIDGE_READS_ONCE : inner;
      int32_t before = tvisnil(uses) ? 0 : numberVint(uses);
      setintV(uses, before | (bc_op(*pc) == BC_GSET ? BRIDGE_SETS : reads));
    }
  }
  struct OnceEnds none = {nullptr, nullptr};
  for (ptrdiff_t i = -(ptrdiff_t)proto->sizekgc; i < 0; i++) {
    GCobj* constant = proto_kgc(proto, i);
    if (constant->gch.gct == ~LJ_TPROTO) vm_collect_globals(L, gco2pt(constant), none, inner);
  }
}

static inline void vm_collect_globals_of_chunk(lua_State* L, GCproto* proto) {
  int32_t inner = vm_is_straight(proto, true) ? BRIDGE_READS_ONCE : BRIDGE_READS_LATER;
  vm_collect_globals(L, proto, vm_once_ends(proto), inner);
}

/* Whether a function or one in it has instructions that set items of tables. */
static inline bool vm_sets_items(GCproto* proto) {
  for (const BCIns *pc = proto_bc(proto) + 1, *end = proto_bc(proto) + proto->sizebc; pc < end; pc++)
    if (bc_op(*pc) >= BC_TSETV && bc_op(*pc) <= BC_TSETR) return true;
  for (ptrdiff_t i = -(ptrdiff_t)proto->sizekgc; i < 0; i++) {
    GCobj* constant = proto_kgc(proto, i);
    if (constant->gch.gct == ~LJ_TPROTO && vm_sets_items(gco2pt(constant))) return true;
  }
  return false;
}

/* -- Chunks -------------------------------------------------------------------------- */

/* LuaJIT does not compile functions of any number of arguments, as chunks are. One that does not ask for them can be run as
** a function that takes none. But functions count how often they run in a small table by their address: many chunks that run
** once would look like one that runs often. */
static inline void vm_ignore_arguments(GCfunc* chunk) {
  BCIns *ins = proto_bc(funcproto(chunk)), *end = ins + funcproto(chunk)->sizebc;
  if (bc_op(*ins) != BC_FUNCV) return;
  for (BCIns* pc = ins + 1; pc < end; pc++)
    if (bc_op(*pc) == BC_VARG) return;
  setbc_op(ins, BC_FUNCF);
}

/* Whether a chunk of the form `return <expressions>` ends in a tail call. */
static inline bool vm_returns_by_tail_call(GCfunc* chunk) {
  GCproto* proto = funcproto(chunk);
  return vm_is_tail_call(bc_op(proto_bc(proto)[proto->sizebc - 1]));
}

/* A tail call would take the chunk's own frame off the stack, and with it the line in error messages. Given
** `do return f() end local _`, turns the tail call into a call and what follows it into its return. */
static inline void vm_keep_frame(GCfunc* chunk) {
  GCproto* proto = funcproto(chunk);
  if (proto->sizebc < 4) return;
  BCIns* ins = proto_bc(proto) + proto->sizebc - 3;
  BCOp op = bc_op(ins[0]);
  if (!vm_is_tail_call(op)) return;
  BCReg base = bc_a(ins[0]);
  ins[0] = BCINS_ABC(op == BC_CALLT ? BC_CALL : BC_CALLM, base, 0, bc_d(ins[0]));
  ins[1] = BCINS_AD(BC_RETM, base, 0);
}

#endif
