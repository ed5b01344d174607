// Everything of it that there is stands in halves.h.
#pragma once
