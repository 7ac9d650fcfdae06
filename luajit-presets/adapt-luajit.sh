#!/usr/bin/env bash
# Prepares an unpacked LuaJIT source for life inside a JVM: adapt-luajit.sh <source folder>
#
# LuaJIT itself sets no bound to the C stack, and a JVM dies when a thread's stack overflows in native code.
# Calls from C are checked by the bridge (stack.c); what is left are coroutines that resume coroutines,
# which the assembler does by itself. So the state gets some fields, which the bridge sets, and resume a test:
#   cstack_limit  the lowest stack address that Lua may use on the current thread (NULL: no limit)
#   resume_limit  the same for coroutines in coroutines
#   host          the bridge's context
#   stopping      the host wants the script to end; what runs long in C, where no hook can interrupt it, looks
#                 here: the pattern matcher, and sorting (the parser does so in stack.c)
# and a root of the collector, for what the bridge must keep and no script may reach:
#   GCROOT_HOST
# The outermost call of a state runs on the main thread so that C functions can leave it, as by a yield, to ask Java
# something, and are called once more in their own frame when Java has answered (returning.cpp). That is
#   lj_vm_hostrun  (L, base, 0, handler): calls the function at base; or, when L has been left, returns to where it was
#                  what lies on its stack from base on; or, base being NULL, calls the function that left it again
# Scripts see nothing of it: they cannot yield there nor resume it, and errors go to the handler as in any protected call.
# Compiled code enters the bridge's ways to Java (fiber.c) by a jump with the return address pushed: by a call, the
# processor would mispredict each return of a switch between stacks.
# A handler of VM events that fails has nobody to tell: the standard error output belongs to the application.
# Built without unwind tables, as it is here, LuaJIT cannot leave compiled code in the middle. So errors there start from
# the frame that the code was entered with, and functions that fail on bad data are not compiled.
# Besides, a Lua stack that is full leaves a message handler a few slots less than it needs, depending on where
# the overflow happens; then there is no position and no stack trace.
set -euo pipefail
src=$1/src

fail() { echo "adapt-luajit: $1 has changed; adapt this script to the new LuaJIT version" >&2; exit 1; }

# insert_before <file> <fixed text of the one line to find> <text>
insert_before() {
  [ "$(grep -cF -- "$2" "$src/$1")" = 1 ] || fail "$1"
  TEXT=$3 FIND=$2 awk 'index($0, ENVIRON["FIND"]) { print ENVIRON["TEXT"] } { print }' "$src/$1" > "$src/$1.adapted"
  mv "$src/$1.adapted" "$src/$1"
}

# replace <file> <fixed text, there once> <text>
replace() {
  [ "$(grep -cF -- "$2" "$src/$1")" = 1 ] || fail "$1"
  FIND=$2 TEXT=$3 awk '{ at = index($0, ENVIRON["FIND"])
    if (at) $0 = substr($0, 1, at - 1) ENVIRON["TEXT"] substr($0, at + length(ENVIRON["FIND"])); print }' \
    "$src/$1" > "$src/$1.adapted"
  mv "$src/$1.adapted" "$src/$1"
}

grep -q cstack_limit "$src/lj_obj.h" && exit 0

insert_before lj_obj.h '} global_State;' '  void *cstack_limit;	/* Lowest usable address of the C stack. */
  void *resume_limit;	/* The same for resuming a coroutine. */
  int32_t stopping;	/* The host wants to stop. */
  lua_State *error_thread;	/* The coroutine that has failed last in a Lua function, */
  const BCIns *error_pc;	/* and where. */
  void *host;		/* Context of the embedding bridge. */'
insert_before lj_obj.h 'GCROOT_IO_INPUT,' '  GCROOT_HOST,		/* What the embedding bridge keeps. */'
insert_before vm_x64.dasc 'cmp aword L:RB->cframe, 0; jne ->fff_fallback' \
  '  |  cmp rsp, [DISPATCH+DISPATCH_GL(resume_limit)]; jb ->fff_fallback
  |  cmp L:RB, [DISPATCH+DISPATCH_GL(mainthref)]; je ->fff_fallback'
insert_before vm_x64.dasc '|->vm_pcall:				// Setup protected C frame and enter VM.' \
  '  |->vm_hostrun:			// Setup C frame that can be left, and call, return or call again.
  |  // (lua_State *L, TValue *base, int nres1 = 0, ptrdiff_t ef)
  |  saveregs
  |  mov SAVE_ERRF, CARG4d
  |  mov L:RB, CARG1			// Caveat: CARG4 is RA.
  |  mov SAVE_L, CARG1
  |  mov RA, CARG2
  |  mov PCd, FRAME_CP
  |  xor RDd, RDd
  |  lea KBASE, [rsp+CFRAME_RESUME]
  |  mov DISPATCH, L:RB->glref
  |  add DISPATCH, GG_G2DISP
  |  mov SAVE_PC, RD			// Any value outside of bytecode is ok.
  |  mov SAVE_CFRAME, RD
  |  mov SAVE_NRES, RDd
  |  mov L:RB->cframe, KBASE
  |  cmp byte L:RB->status, RDL
  |  je >2				// Call.
  |  mov [DISPATCH+DISPATCH_GL(cur_L)], L:RB
  |  set_vmstate INTERP
  |  mov byte L:RB->status, RDL
  |  mov BASE, L:RB->base
  |  mov RD, L:RB->top
  |  test RA, RA
  |  jz >1
  |  sub RD, RA			// Return.
  |  shr RDd, 3
  |  add RDd, 1				// RD = nresults+1
  |  sub RA, BASE			// RA = resultofs
  |  mov PC, [BASE-8]
  |  mov MULTRES, RDd
  |  test PCd, FRAME_TYPE
  |  jz ->BC_RET_Z
  |  jmp ->vm_return
  |1:  // Call again, without the hooks that have seen the call already.
  |  sub RD, BASE
  |  shr RDd, 3
  |  add RDd, 1				// RD = nargs+1
  |  jmp =>BC_FUNCC
  |'
insert_before vm_x64.dasc 'test aword L:RB->cframe, CFRAME_RESUME' \
  '  |  cmp L:RB, [DISPATCH+DISPATCH_GL(mainthref)]; je ->fff_fallback'
replace lj_api.c 'return cframe_canyield(L->cframe);' 'return cframe_canyield(L->cframe) && L != mainthread(G(L));'
replace lj_api.c 'if (cframe_canyield(cf)) {' 'if (cframe_canyield(cf) && L != mainthread(g)) {'
replace lj_api.c 'if (L->cframe == NULL && L->status <= LUA_YIELD)' \
  'if (L->cframe == NULL && L->status <= LUA_YIELD && L != mainthread(G(L)))'
replace lib_base.c 'if (co->cframe != NULL || co->status > LUA_YIELD ||' \
  'if (co->cframe != NULL || co == mainthread(G(L)) || co->status > LUA_YIELD ||'
replace lib_base.c 'ErrMsg em = co->cframe ? LJ_ERR_CORUN : LJ_ERR_CODEAD;' \
  'ErrMsg em = co->cframe || co == mainthread(G(L)) ? LJ_ERR_CORUN : LJ_ERR_CODEAD;'
replace lib_base.c 'cframe_canyield(L->cframe)' 'cframe_canyield(L->cframe) && L != mainthread(G(L))'
replace lj_err.c 'if (cframe_canyield(cf)) return 0;' \
  'if (cframe_canyield(cf)) return L == mainthread(G(L)) ? cframe_errfunc(cframe_raw(cf)) : 0;'
insert_before lib_base.c 'if (co->cframe != NULL || co == mainthread(G(L)) ||' \
  '  if ((char *)__builtin_frame_address(0) < (char *)G(L)->resume_limit)
    lj_err_callermsg(L, "C stack overflow");'
# The compiler moves a call on the stack to stitch two traces, and got no memory for constants while it was moved.
insert_before lj_ffrecord.c '/* Move func + args up in Lua stack and insert continuation. */' \
  '  TRef kcont = lj_ir_k64(J, IR_KNUM, u64ptr(contptr(cont)));
  TRef kpc = lj_ir_k64(J, IR_KNUM, u64ptr(pc));
  TRef ktrace = lj_ir_ktrace(J);'
replace lj_ffrecord.c 'J->base[-1] = lj_ir_k64(J, IR_KNUM, u64ptr(contptr(cont)));' 'J->base[-1] = kcont;'
replace lj_ffrecord.c 'J->base[0] = lj_ir_k64(J, IR_KNUM, u64ptr(pc)) | TREF_CONT;' 'J->base[0] = kpc | TREF_CONT;'
replace lj_ffrecord.c 'J->ktrace = tref_ref((J->base[-1-LJ_FR2] = lj_ir_ktrace(J)));' \
  'J->ktrace = tref_ref((J->base[-1-LJ_FR2] = ktrace));'
# The built-in functions that the interpreter has itself do not say where their arguments end. What fails for want of memory
# in one of them left its message where the last call of C had ended, in the middle of a frame.
insert_before lj_err.c 'setstrV(L, L->top++, lj_err_str(L, LJ_ERR_ERRMEM));' '  if (L->top < L->base) L->top = L->base;'
# And a call that the compiler looks at can have more arguments than its function has room for: the message comes after them.
insert_before lj_err.c "if (L->status == LUA_ERRERR+1)  /* Don't touch the stack during lua_open. */" '  TValue *kept = L->top;'
insert_before lj_err.c 'if (LJ_UNLIKELY(L->top > tvref(L->maxstack))) {' \
  '    if (kept > L->top && kept <= tvref(L->maxstack) && !(LJ_HASJIT && tvref(G(L)->jit_base))) L->top = kept;'
# In a message handler it said so where that was called, even if the handler was compiled and its frame another.
insert_before lj_err.c 'setstrV(L, L->top++, lj_err_str(L, LJ_ERR_ERRERR));' '  if (LJ_HASJIT && tvref(G(L)->jit_base)) {
    L->base = tvref(G(L)->jit_base);
    if (curr_funcisL(L)) L->top = curr_topL(L);
  }
  if (L->top < L->base) L->top = L->base;'
# When there was no memory for a trace at all, giving it up looked at where the one before had begun.
insert_before lj_trace.c 'setgcref(J->cur.startpt, obj2gco(J->pt));' '  setmref(J->cur.startpc, J->pc);
  J->cur.startins = *J->pc;'
insert_before lj_trace.c 'traceno = trace_findfree(J);' '  setgcref(J->cur.startpt, obj2gco(J->pt));
  setmref(J->cur.startpc, J->pc);
  J->cur.startins = *J->pc;'
# Frames are named by 16 bits of their place; those of message handlers on a full stack lay beyond.
replace luaconf.h '65500	/* Max. # of stack slots' '65440	/* Max. # of stack slots'
# Recording can be interrupted, and all traces flushed before that is seen.
replace lj_trace.c 'traceref(J, J->exitno)->link = J->exitno;' \
  'if (traceref(J, J->exitno)) traceref(J, J->exitno)->link = J->exitno;'
# A coroutine that has failed keeps its frames, but not where its innermost function was.
insert_before lj_err.c 'hook_leave(G(L));  /* Assumes nobody uses coroutines inside hooks. */' \
  '	  if (curr_funcisL(L)) {
	    G(L)->error_thread = L;
	    G(L)->error_pc = cframe_pc(cframe_raw(cf));
	  }'
replace lj_debug.c 'if (cf == NULL || (char *)cframe_pc(cf) == (char *)cframe_L(cf))' \
  'if (cf == NULL && L->status > LUA_YIELD && G(L)->error_thread == L) ins = G(L)->error_pc;
    else if (cf == NULL || (char *)cframe_pc(cf) == (char *)cframe_L(cf))'
replace lj_debug.c 'ins = cframe_pc(cf);  /* Only happens' 'else ins = cframe_pc(cf);  /* Only happens'
# Callbacks of the ffi library enter Lua from C by a way of their own.
insert_before lj_ccallback.c 'lj_trace_abort(g);  /* Never record across callback. */' \
  '  if ((char *)__builtin_frame_address(0) < (char *)g->cstack_limit)
    lj_err_callermsg(L, "stack overflow (C stack)");'
# Arithmetic of 64-bit integers with objects of the host is that of the objects.
insert_before lj_carith.c 'const char *repr[2];' \
  '    for (TValue *o = L->base; o < L->top && o < L->base+2; o++) {
      if (!tvisudata(o)) continue;
      tv = lj_meta_lookup(L, o, mm);
      if (!tvisnil(tv)) return lj_meta_tailcall(L, tv);
    }'
insert_before lj_emit_x86.h 'static void emit_call_(ASMState *as, MCode *target)' \
  'extern void bridge_call_in_trace(void) __attribute__((weak, visibility("hidden")));
'
replace lj_emit_x86.h 'p[-5] = XI_CALL;' 'p[-5] = XI_CALL;
  if (target == (MCode *)(void *)bridge_call_in_trace) {
    p[-5] = XI_JMP;
    p[-6] = XI_PUSH + RID_RET;
    *(int32_t *)(p-10) = 6;  /* lea rax, [p] */
    p[-11] = 0x05; p[-12] = 0x8d; p[-13] = 0x48;
    as->mcp = p - 13;
    return;
  }'
insert_before lib_string.c 'if (++ms->depth > LJ_MAX_XLEVEL)' \
  '  if (LJ_UNLIKELY(__atomic_load_n(&G(ms->L)->stopping, __ATOMIC_RELAXED)))
    luaL_error(ms->L, "stopped by the host");'
insert_before lib_table.c 'if (!lua_isnil(L, 2)) {  /* function? */' \
  '  if (LJ_UNLIKELY(__atomic_load_n(&G(L)->stopping, __ATOMIC_RELAXED)))
    luaL_error(L, "stopped by the host");'
insert_before lj_err.c 'TValue *frame = NULL, *pframe = NULL;' \
  '  if (LJ_HASJIT && tvref(G(L)->jit_base)) {
    L->base = tvref(G(L)->jit_base);
    if (curr_funcisL(L)) L->top = curr_topL(L);
  }'
# The optimizer of loops told the size of a table before it had it: refused, it was given back all the same.
replace lj_opt_loop.c 'lps->sizesubst = invar - REF_BIAS;' 'lps->subst = lj_mem_newvec(J->L, invar - REF_BIAS, IRRef1);'
replace lj_opt_loop.c 'lps->subst = lj_mem_newvec(J->L, lps->sizesubst, IRRef1);' 'lps->sizesubst = invar - REF_BIAS;'
# A function that got no memory for an upvalue was given back as one that has none.
replace lj_obj.h 'GCHeader; uint8_t ffid; uint8_t nupvalues; \' 'GCHeader; uint8_t ffid; uint8_t nupvalues; uint8_t room; \'
replace lj_func.c 'fn->l.nupvalues = 0;' 'fn->l.room = pt->sizeuv; fn->l.nupvalues = 0;'
replace lj_func.c 'sizeLfunc((MSize)fn->l.nupvalues)' 'sizeLfunc((MSize)fn->l.room)'
# In a large state strings lie anywhere: whoever has many to make or to sweep fetches those to come.
insert_before lj_str.c '/* Intern a string and return string object. */' \
  'GCRef *lj_str_chain(global_State *g, const char *str, MSize len)
{
  return &g->str.tab[hash_sparse(g->str.seed, str, len) & g->str.mask];
}
'
# A large table of strings that is half empty has few that share a chain; so it may also shrink later.
replace lj_str.c 'if (g->str.num++ > g->str.mask)' 'if (g->str.num++ > g->str.mask >> (g->str.mask > 0x3fff))'
replace lj_gc.c 'if (g->str.num <= (g->str.mask >> 2) &&' 'if (g->str.num <= g->str.mask >> (g->str.mask > 0x7fff ? 3 : 2) &&'
insert_before lj_gc.c 'gc_sweepstr(g, &g->str.tab[g->gc.sweepstr++]);' \
  '    __builtin_prefetch((void *)(gcrefu(g->str.tab[(g->gc.sweepstr+8) & g->str.mask]) & ~(uintptr_t)1));'
# Objects of one age lie side by side, and the sweep frees them so. The allocator would join each to its neighbour, which
# takes that out of a list and puts both into another; so what is freed in a row is joined first, and given back as one.
# This is for the library alone: the luajit program stays as it is, for benchmarks to compare with.
insert_before lj_alloc.c 'PRNGState  *prng;' '  mchunkptr freed;	/* Freed, but still in use to its neighbours. */'
insert_before lj_alloc.c 'static LJ_NOINLINE void *lj_alloc_malloc(void *msp, size_t nsize)' \
  'static LJ_NOINLINE void *lj_alloc_free(void *msp, void *ptr);

static LJ_AINLINE void alloc_give_back(mstate ms)
{
  mchunkptr freed = ms->freed;
  if (freed) {
    ms->freed = NULL;
    lj_alloc_free(ms, chunk2mem(freed));
  }
}

static LJ_AINLINE void *alloc_free_later(mstate ms, void *ptr)
{
  mchunkptr p = mem2chunk(ptr), freed = ms->freed;
  if (!LUAJIT_HOSTED || ptr == NULL || is_direct(p)) return lj_alloc_free(ms, ptr);
  if (freed && next_chunk(p) == freed) {
    p->head += chunksize(freed);
    ms->freed = p;
  } else if (freed && next_chunk(freed) == p) {
    freed->head += chunksize(p);
  } else {
    alloc_give_back(ms);
    ms->freed = p;
  }
  return NULL;
}
'
insert_before lj_alloc.c 'if (nsize <= MAX_SMALL_REQUEST) {' '  alloc_give_back(ms);'
replace lj_alloc.c 'return lj_alloc_free(msp, ptr);' 'return alloc_free_later((mstate)msp, ptr);'
insert_before lj_gc.c 'if (o->gch.gct == ~LJ_TTHREAD)  /* Need to sweep open upvalues, too. */' \
  '    if (LUAJIT_HOSTED) __builtin_prefetch(gcref(o->gch.nextgc));'
insert_before lj_ffrecord.c '#include "lj_recdef.h"' '#define recff_buffer_encode recff_nyi
#define recff_buffer_decode recff_nyi
#define recff_buffer_method_encode recff_nyi
#define recff_buffer_method_decode recff_nyi'
# Some functions of the bridge are compiled, see recording.cpp.
replace lj_ffrecord.c '#define recff_c		recff_nyi' 'extern int bridge_record(jit_State *J, RecordFFData *rd) __attribute__((weak, visibility("hidden")));

static void LJ_FASTCALL recff_c(jit_State *J, RecordFFData *rd)
{
  if (!bridge_record || !bridge_record(J, rd)) recff_nyi(J, rd);
}'
# Java objects need no finalizers, which would keep them for another cycle, and call C by way of Lua.
insert_before lj_udata.c 'lj_mem_free(g, ud, sizeudata(ud));' '  if (bridge_free_userdata && g->host) bridge_free_userdata(g->host, ud);'
insert_before lj_udata.c 'void LJ_FASTCALL lj_udata_free(global_State *g, GCudata *ud)' \
  'extern void bridge_free_userdata(void *host, GCudata *ud) __attribute__((weak, visibility("hidden")));
'
# A handler of the event of an exit that flushes all compiled code would take away what the exit is about.
replace lj_trace.c 'if ((J2G(J)->hookmask & HOOK_GC))' 'if ((J2G(J)->hookmask & (HOOK_GC|HOOK_VMEVENT)))'
# Compiled code that a handler of VM events runs and leaves took the place of the exit that the event is about.
insert_before lj_vmevent.c '#include "lj_vmevent.h"' '#include "lj_jit.h"
#include "lj_dispatch.h"'
insert_before lj_vmevent.c 'status = lj_vm_pcall(L, restorestack(L, argbase), 0+1, 0);' \
  '  jit_State *J = G2J(g);
  TraceNo parent = J->parent;
  ExitNo exitno = J->exitno;
  lua_State *recorded = J->L;'
insert_before lj_vmevent.c 'hook_restore(g, oldh);' '  J->parent = parent;
  J->exitno = exitno;
  J->L = recorded;'
replace lj_vmevent.c 'fputs("VM handler failed: ", stderr);' ''
replace lj_vmevent.c 'fputs(tvisstr(L->top) ? strVdata(L->top) : "?", stderr);' ''
replace lj_vmevent.c "fputc('\\n', stderr);" ''
replace lj_state.c 'resizestack(L, LJ_STACK_MAX + 1 + 2 * LUA_MINSTACK);' \
  'resizestack(L, LJ_STACK_MAX + 1 + 4 * LUA_MINSTACK);'
