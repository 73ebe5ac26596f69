# The settings of build/tidy (see script/check-deep), which CMake reads at project(): clang-tidy runs beside
# the compiler, so that ninja runs it again for what changed only. Most of its time goes into headers, so
# that the sources of a target are read as one: it takes a tenth of the time.
set(CMAKE_CXX_CLANG_TIDY clang-tidy-19 --quiet --checks=-bugprone-suspicious-include)
set(CMAKE_UNITY_BUILD ON)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 0)
set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
# The compiler's own warnings are the other trees' business: sources read as one shadow each other's names.
string(REPLACE "<FLAGS>" "<FLAGS> -w" CMAKE_CXX_COMPILE_OBJECT "${CMAKE_CXX_COMPILE_OBJECT}")
set(CMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE PRE_TEST)

# clang-tidy looks for its settings beside the file that includes the sources.
configure_file(${CMAKE_SOURCE_DIR}/tests/.clang-tidy ${CMAKE_BINARY_DIR}/tests/.clang-tidy COPYONLY)

# Sources that define a name of their own which another source of their target has as well ("error:
# redefinition of"): they are read by themselves. FOLDER is the target's.
function(read_apart folder)
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/${folder}/)
  set_source_files_properties(${ARGN} DIRECTORY ${CMAKE_SOURCE_DIR}/${folder}
                              PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

function(read_clashing_sources_apart)
  read_apart(rtp packet/packet_view.cpp)
  read_apart(bench/load media_loop.cpp parlance_sfu.cpp picture_checker.cpp reception.cpp run.cpp)
  read_apart(chat/service queries.cpp)
  read_apart(signaling/protocol call_json.cpp)
  read_apart(signaling/server signaling_server.cpp)
  read_apart(tests/contract durability_test.cpp store_contract_test.cpp)
  read_apart(tests/unit/bench_load frame_assembler_test.cpp)
  read_apart(tests/unit/sfu_transport ready_heap_test.cpp rtcp_batch_test.cpp sent_history_test.cpp)
  read_apart(tests/unit/signaling_protocol call_json_test.cpp)
  read_apart(tests/unit/signaling_server start_test.cpp)
  read_apart(tests/unit/signaling_session outgoing_test.cpp presence_test.cpp session_test.cpp)
endfunction()

cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL read_clashing_sources_apart)
