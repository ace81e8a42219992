"""Tiny LLaVA, LLaVA-NeXT and BLIP-2 checkpoints, taught four pictures until they know them.

They are built from nothing, so that no test needs weights from elsewhere; what they answer proves
that picture, prompt, padding and slicing are right: one slip, and they say something else.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoProcessor,
    Blip2Config,
    Blip2ForConditionalGeneration,
    Blip2Processor,
    Blip2QFormerConfig,
    Blip2VisionConfig,
    BlipImageProcessorPil,
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaNextConfig,
    LlavaNextForConditionalGeneration,
    LlavaNextImageProcessorPil,
    LlavaNextProcessor,
    LlavaProcessor,
    OPTConfig,
    PreTrainedTokenizerFast,
    T5Config,
)

from tests.caption.lessons import lessons

SIDE, PATCH, QUERIES, WIDE = 28, 14, 8, 64
VOCABULARY = 400

CHAT = (
    "{% for message in messages %}{{ message.role.upper() }}: "
    "{% for part in message.content %}{% if part.type in ('image', 'image_url') %}<image>\n"
    "{% else %}{{ part.text }}{% endif %}{% endfor %} {% endfor %}"
    "{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)


def teach_llava(folder: Path, questions: Sequence[str]) -> Path:
    """A LLaVA-1.5 that answers each of the questions with the captions of `lessons()`."""
    return _taught(*_llava(questions), folder, questions)


def teach_llava_next(folder: Path, questions: Sequence[str]) -> Path:
    """A LLaVA-NeXT, which cuts pictures into tiles, likewise."""
    return _taught(*_llava_next(questions), folder, questions)


def teach_blip2_opt(folder: Path, questions: Sequence[str]) -> Path:
    """A BLIP-2 on OPT, which writes on behind its prompt, likewise."""
    return _taught(*_blip2(questions, "opt"), folder, questions)


def teach_blip2_t5(folder: Path, questions: Sequence[str]) -> Path:
    """A BLIP-2 on Flan-T5, which has an encoder and a decoder, likewise."""
    return _taught(*_blip2(questions, "t5"), folder, questions)


def _tokenizer(questions: Sequence[str], bos: bool) -> PreTrainedTokenizerFast:
    """Byte-level BPE, so that any text can be written, with the image token of its own."""
    known = Tokenizer(models.BPE())
    known.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    known.decoder = decoders.ByteLevel()
    specials = ["<pad>", "<s>", "</s>", "<unk>", "<image>"]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=specials,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    corpus = [*questions, *(lesson.caption for lesson in lessons()), "USER: ASSISTANT:"]
    known.train_from_iterator(corpus * 4, trainer)
    if bos:
        known.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", known.token_to_id("<s>"))]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=known,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
    )


def _ids(tokenizer: PreTrainedTokenizerFast) -> dict[str, int]:
    return {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def _vision() -> dict[str, Any]:
    return {
        "hidden_size": WIDE,
        "intermediate_size": 2 * WIDE,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": SIDE,
        "patch_size": PATCH,
    }


def _llama(tokenizer: PreTrainedTokenizerFast) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDE,
        intermediate_size=2 * WIDE,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        **_ids(tokenizer),
    )


def _clip_processor() -> CLIPImageProcessorPil:
    return CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )


def _llava(questions: Sequence[str]) -> tuple[Any, Any]:
    torch.manual_seed(1)
    tokenizer = _tokenizer(questions, bos=True)
    image = tokenizer.convert_tokens_to_ids("<image>")
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**_vision()),
        text_config=_llama(tokenizer),
        image_token_id=image,
    )
    processor = LlavaProcessor(
        _clip_processor(),
        tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT,
    )
    return LlavaForConditionalGeneration(config), processor


def _llava_next(questions: Sequence[str]) -> tuple[Any, Any]:
    torch.manual_seed(1)
    tokenizer = _tokenizer(questions, bos=True)
    image = tokenizer.convert_tokens_to_ids("<image>")
    pinpoints = [[SIDE, 2 * SIDE], [2 * SIDE, SIDE], [2 * SIDE, 2 * SIDE]]
    config = LlavaNextConfig(
        vision_config=CLIPVisionConfig(**_vision()),
        text_config=_llama(tokenizer),
        image_token_id=image,
        image_grid_pinpoints=pinpoints,
    )
    processor = LlavaNextProcessor(
        LlavaNextImageProcessorPil(
            size={"shortest_edge": SIDE},
            crop_size={"height": SIDE, "width": SIDE},
            image_grid_pinpoints=pinpoints,
        ),
        tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT,
    )
    return LlavaNextForConditionalGeneration(config), processor


def _blip2(questions: Sequence[str], family: str) -> tuple[Any, Any]:
    torch.manual_seed(1)
    tokenizer = _tokenizer(questions, bos=family == "opt")
    tokenizer.padding_side = "left"
    sizes = {"vocab_size": len(tokenizer), "num_attention_heads": 2, "num_hidden_layers": 2}
    queries = Blip2QFormerConfig(
        **sizes,
        hidden_size=WIDE,
        intermediate_size=2 * WIDE,
        encoder_hidden_size=WIDE,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config = Blip2Config(
        vision_config=Blip2VisionConfig(**_vision()).to_dict(),
        qformer_config=queries.to_dict(),
        text_config=(_opt(tokenizer) if family == "opt" else _t5(tokenizer)).to_dict(),
        num_query_tokens=QUERIES,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    model = Blip2ForConditionalGeneration(config)
    with torch.no_grad():  # queries begin as zeros, from which sixty steps do not get away
        model.query_tokens.normal_()
    processor = Blip2Processor(
        BlipImageProcessorPil(size={"height": SIDE, "width": SIDE}),
        tokenizer,
        num_query_tokens=QUERIES,
    )
    return model, processor


def _opt(tokenizer: PreTrainedTokenizerFast) -> OPTConfig:
    return OPTConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDE,
        word_embed_proj_dim=WIDE,
        ffn_dim=2 * WIDE,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=512,
        dropout=0.0,
        **_ids(tokenizer),
    )


def _t5(tokenizer: PreTrainedTokenizerFast) -> T5Config:
    return T5Config(
        vocab_size=len(tokenizer),
        d_model=WIDE,
        d_ff=2 * WIDE,
        d_kv=WIDE // 2,
        num_layers=2,
        num_heads=2,
        dropout_rate=0.0,
        decoder_start_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def _taught(model: Any, processor: Any, folder: Path, questions: Sequence[str]) -> Path:
    """The model after a few dozen steps over everything at once, saved with its processor."""
    batch = _homework(model, processor, questions)
    steps = 70
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=5e-3, total_steps=steps)
    model.train()
    for _ in range(steps):
        optimizer.zero_grad()
        model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    model.eval().save_pretrained(folder)
    processor.save_pretrained(folder)
    AutoProcessor.from_pretrained(folder)
    return folder


def _homework(model: Any, processor: Any, questions: Sequence[str]) -> dict[str, Any]:
    """Every picture under every question, with the answer's tokens as labels."""
    tokenizer = processor.tokenizer
    tokenizer.padding_side = "left"
    pairs = [(question, lesson) for question in questions for lesson in lessons()]
    pictures = [Image.open(io.BytesIO(lesson.picture)).convert("RGB") for _, lesson in pairs]
    prompts = [_asked(processor, question) for question, _ in pairs]
    batch = processor(images=pictures, text=prompts, padding=True, return_tensors="pt")
    endings = [f" {lesson.caption}{tokenizer.eos_token}" for _, lesson in pairs]
    tokenizer.padding_side = "right"
    answers = tokenizer(endings, add_special_tokens=False, padding=True, return_tensors="pt")
    tokenizer.padding_side = "left"
    labels = answers.input_ids.masked_fill(answers.attention_mask == 0, -100)
    if model.config.text_config.is_encoder_decoder:
        return {**batch, "labels": labels}
    before = torch.full_like(batch["input_ids"], -100)
    return {
        **batch,
        "input_ids": torch.cat([batch["input_ids"], answers.input_ids], dim=1),
        "attention_mask": torch.cat([batch["attention_mask"], answers.attention_mask], dim=1),
        "labels": torch.cat([before, labels], dim=1),
    }


def _asked(processor: Any, question: str) -> str:
    """The question as the product asks it: in the chat's form where there is one."""
    if processor.chat_template is None:
        return question
    message = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": question}]}
    asked: str = processor.apply_chat_template([message], add_generation_prompt=True)
    return asked
