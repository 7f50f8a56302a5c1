#!/usr/bin/env python3
# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Writes a small model of llama's architecture with random weights: real work for an engine, nothing downloaded.

usage: make_gguf.py OUT.gguf [--dim 64] [--layers 2] [--context 4096] [--seed 0] [--think]

--think gives it a chat template that opens <think> before each answer, as reasoning models have.
"""
import argparse

import gguf
import numpy

WORDS = """the of and to in is you that it he was for on are as with his they I at be this have from or one had by word
but not what all were we when your can said there use an each which she do how their if will up other about out many
then them these so some her would make like him into time has look two more write go see number no way could people my
than first water been call who oil its now find long down day did get come made may part energy token latency server
model prompt stream""".split()
CONTROL = ["<unk>", "<s>", "</s>", "<|user|>", "<|assistant|>", "<|system|>"]
MARKS = ["<think>", "</think>"]
HEADS, KEY_HEADS = 4, 2


def byte_alphabet():
    """GPT-2's printable stand-in for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(256 + len(table) - len(printable))
    return table


def vocabulary():
    """Tokens and merges of a byte-pair encoding that knows every byte and a few whole words."""
    alphabet = byte_alphabet()
    tokens = dict.fromkeys(CONTROL + MARKS + [alphabet[byte] for byte in range(256)])
    merges = {}
    for word in WORDS:
        built = alphabet[32]
        for byte in word.encode():
            merges[f"{built} {alphabet[byte]}"] = None
            built += alphabet[byte]
            tokens[built] = None
    return list(tokens), list(merges)


def template(thinks):
    """A chat template; with `thinks`, the answer begins inside a thought unless the request turns that off."""
    thought = ("{% if m['role'] == 'assistant' and m.get('reasoning_content') %}"
               "{{ '<think>\\n' + m['reasoning_content'] + '\\n</think>\\n\\n' }}{% endif %}")
    opening = ("{% if enable_thinking is defined and enable_thinking is false %}"
               "{{ '<think>\\n\\n</think>\\n\\n' }}{% else %}{{ '<think>\\n' }}{% endif %}")
    return ("{% for m in messages %}{{ '<|' + m['role'] + '|>' }}" + (thought if thinks else "")
            + "{{ m['content'] + '</s>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}"
            + (opening if thinks else "") + "{% endif %}")


def write_header(writer, options, tokens, merges):
    writer.add_name("random-llama")
    writer.add_context_length(options.context)
    writer.add_embedding_length(options.dim)
    writer.add_block_count(options.layers)
    writer.add_feed_forward_length(options.dim * 2)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(options.dim // HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    kinds = gguf.TokenType
    writer.add_token_list(tokens)
    writer.add_token_types([kinds.CONTROL if token in CONTROL else
                            kinds.USER_DEFINED if token in MARKS else kinds.NORMAL for token in tokens])
    writer.add_token_merges(merges)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    writer.add_chat_template(template(options.think))


def write_weights(writer, options, size):
    random = numpy.random.default_rng(options.seed)
    dim, key_dim = options.dim, options.dim // HEADS * KEY_HEADS

    def matrix(rows, columns, gain=1.0):
        values = random.standard_normal((rows, columns)) * gain / numpy.sqrt(columns)
        return values.astype(numpy.float32)

    ones = numpy.ones(dim, numpy.float32)
    writer.add_tensor("token_embd.weight", matrix(size, dim, gain=dim ** 0.5))
    for layer in range(options.layers):
        shapes = {"attn_q": (dim, dim), "attn_k": (key_dim, dim), "attn_v": (key_dim, dim), "attn_output": (dim, dim),
                  "ffn_gate": (dim * 2, dim), "ffn_up": (dim * 2, dim), "ffn_down": (dim, dim * 2)}
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", ones)
        for name, shape in shapes.items():
            writer.add_tensor(f"blk.{layer}.{name}.weight", matrix(*shape))
    writer.add_tensor("output_norm.weight", ones)
    writer.add_tensor("output.weight", matrix(size, dim))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--think", action="store_true")
    options = parser.parse_args()
    tokens, merges = vocabulary()
    writer = gguf.GGUFWriter(options.out, "llama")
    write_header(writer, options, tokens, merges)
    write_weights(writer, options, len(tokens))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
