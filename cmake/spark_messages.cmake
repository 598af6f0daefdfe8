# Spark Connect's messages and service, generated from the descriptors that scripts/setup.py took out of the PySpark
# client, and google.rpc's rich errors. Generated code lives in the build folder and is never committed.
find_package(Protobuf REQUIRED)
find_package(gRPC REQUIRED)

set(spark_set ${AXONITE_DEPS}/spark/spark.fds)
set(generated ${CMAKE_BINARY_DIR}/generated)
set(spark_names base catalog commands common expressions ml ml_common pipelines relations types)
set(spark_protos "")
set(spark_sources "")
foreach(name ${spark_names})
  list(APPEND spark_protos spark/connect/${name}.proto)
  list(APPEND spark_sources ${generated}/spark/connect/${name}.pb.cc)
endforeach()
# Only base.proto has a service; the other nine would give empty files.
list(APPEND spark_sources ${generated}/spark/connect/base.grpc.pb.cc ${generated}/google/rpc/status.pb.cc ${generated}/google/rpc/error_details.pb.cc)

add_custom_command(
  OUTPUT ${spark_sources}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}
  COMMAND protobuf::protoc --descriptor_set_in=${spark_set} --cpp_out=${generated} ${spark_protos}
  COMMAND protobuf::protoc --descriptor_set_in=${spark_set} --grpc_out=${generated}
          --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin> spark/connect/base.proto
  COMMAND protobuf::protoc -I${AXONITE_DEPS}/spark -I/usr/include --cpp_out=${generated} google/rpc/status.proto google/rpc/error_details.proto
  DEPENDS ${spark_set}
  COMMENT "Generating Spark Connect's messages"
  VERBATIM)

add_library(spark_messages STATIC ${spark_sources})
target_include_directories(spark_messages SYSTEM PUBLIC ${generated})
target_link_libraries(spark_messages PUBLIC gRPC::grpc++ protobuf::libprotobuf)
target_compile_options(spark_messages PRIVATE -w -O1)
# protoc's code is not ours to check, and would be half of a cold build under the sanitizers.
if(AXONITE_SANITIZE)
  target_compile_options(spark_messages PRIVATE -fno-sanitize=all)
endif()
